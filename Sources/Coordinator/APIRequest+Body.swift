import Foundation
import Hummingbird
import Jobs
import NIOHTTP1

extension APIRequest {
  /// The whole body.
  ///
  /// - Throws: `Refusal` 413 when it is larger than `limit` bytes, before reading it when the
  ///   client said so.
  func body(upTo limit: Int) async throws -> Data {
    try checkContentLength(upTo: limit)
    var bytes = Data()
    do {
      for try await buffer in request.body {
        guard bytes.count + buffer.readableBytes <= limit else {
          throw Refusal.tooLarge(limit, what: "the body")
        }
        bytes.append(contentsOf: buffer.readableBytesView)
      }
    } catch is HTTPParserError {
      throw Refusal.invalid("the body ended before its end")
    }
    if let text = request.headers[.contentLength], let length = Int(text), length != bytes.count {
      throw Refusal.invalid("the body has \(bytes.count) of its \(length) bytes: send it again")
    }
    return bytes
  }

  /// The body as JSON.
  ///
  /// - Throws: `Refusal` 400 that names the place in the body.
  func decode<Value: Decodable>(_ type: Value.Type, upTo limit: Int) async throws -> Value {
    let bytes = try await body(upTo: limit)
    guard !bytes.isEmpty else { throw Refusal.invalid("the body is empty: send JSON") }
    do {
      return try WireFormat.decoder().decode(type, from: bytes)
    } catch DecodingError.dataCorrupted(let context)
      where context.codingPath.isEmpty && Self.isJSON(bytes)
    {
      // The decoder does not tell such a number from bad syntax, nor where it stands.
      throw Refusal.invalid(
        "the body is not what this route takes: a number in it is too large or no integer: "
          + "/v1/openapi.json tells the ranges")
    } catch let error as DecodingError {
      throw Refusal.invalid("the body is not what this route takes: \(error.place)")
    }
  }

  private static func isJSON(_ bytes: Data) -> Bool {
    (try? JSONSerialization.jsonObject(with: bytes)) != nil
  }

  func checkContentLength(upTo limit: Int) throws {
    if let text = request.headers[.contentLength], let length = Int(text), length > limit {
      throw Refusal.tooLarge(limit, what: "the body (\(length) bytes)")
    }
  }
}

extension DecodingError {
  /// Where in the document, and what is wrong there.
  var place: String {
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(context.path): \(context.debugDescription)"
    case .keyNotFound(let key, let context):
      "\(context.path): the key '\(key.stringValue)' is missing"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "it is no JSON (\(context.reason))" : "\(context.path): \(context.debugDescription)"
    @unknown default: "it cannot be read"
    }
  }
}

extension DecodingError.Context {
  /// `completions[0].id.attempt`, or `top level`.
  fileprivate var path: String {
    var text = ""
    for key in codingPath {
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
      }
    }
    return text.isEmpty ? "top level" : text
  }

  /// The parser's own words where it has any.
  fileprivate var reason: String {
    let underlying = (underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
    return underlying ?? debugDescription
  }
}
