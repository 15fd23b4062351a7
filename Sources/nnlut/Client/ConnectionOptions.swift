import ArgumentParser
import CoordinatorClient
import Foundation

/// Where the coordinator is: flags over environment over the running local stack.
struct ConnectionOptions: ParsableArguments {
  @Option(help: "The coordinator's address (NNLUT_ENDPOINT); default: this machine's stack.")
  var endpoint: String?

  @Option(help: "A file that holds the token (or set NNLUT_TOKEN).")
  var tokenFile: String?

  @Option(help: "The local stack's folder (NNLUT_STATE_DIR).")
  var stateDir: String?

  func client() throws -> CoordinatorClient {
    let connection = try resolve()
    return CoordinatorClient(endpoint: connection.endpoint, token: connection.token)
  }

  func resolve() throws -> EndpointFile {
    let environment = ProcessInfo.processInfo.environment
    let state = StateDirectory(given: stateDir)
    let local = EndpointFile.read(state.endpointFile)
    guard let address = endpoint ?? environment["NNLUT_ENDPOINT"] else {
      guard let local else {
        let file = state.endpointFile.path
        if FileManager.default.fileExists(atPath: file) {
          throw CoordinatorClientError.localFile(
            path: file,
            reason: "cannot be read: the stack belongs to another user; ask them for a token and "
              + "name the coordinator with --endpoint and NNLUT_TOKEN")
        }
        throw Self.notRunning
      }
      // What a supervisor that was killed leaves behind leads nowhere.
      guard (try? LocalStack(state: state).isRunningIfPresent()) != false else {
        throw Self.notRunning
      }
      return local
    }
    guard let url = URL(string: address), let scheme = url.scheme, url.host() != nil,
      ["http", "https"].contains(scheme)
    else {
      throw UsageError(
        description: "--endpoint: '\(address)' is no address; write http://HOST:PORT")
    }
    if let tokenFile {
      return EndpointFile(endpoint: url, token: try Self.readToken(tokenFile))
    }
    guard let token = environment["NNLUT_TOKEN"] ?? local?.token else {
      throw UsageError(
        description: "no token for \(address): set NNLUT_TOKEN or name a file with --token-file")
    }
    return EndpointFile(endpoint: url, token: token)
  }

  private static let notRunning = CoordinatorClientError.unreachable(
    endpoint: "the local stack",
    reason: "it is not running: start it with `nnlut up`, or name a coordinator with --endpoint "
      + "or NNLUT_ENDPOINT")

  static func readToken(_ path: String) throws -> String {
    guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path)), bytes.count < 4096 else {
      throw NotFound(description: "--token-file: cannot read \(path); check that it exists")
    }
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

struct OutputOptions: ParsableArguments {
  @Option(name: .customLong("output"), help: "text or json.")
  var format = OutputFormat.text

  /// Prints `value` as JSON, or what `text` gives.
  func print(_ value: some Encodable, text: () -> [String]) throws {
    switch format {
    case .json: try Output.json(value)
    case .text: Terminal.write(text().map { $0 + "\n" }.joined())
    }
  }
}
