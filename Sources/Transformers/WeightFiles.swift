import Foundation
import Safetensors

/// The safetensors files of a model directory: `model.safetensors`, or the parts that
/// `model.safetensors.index.json` names.
struct WeightFiles {
  private static let single = "model.safetensors"
  private static let index = "model.safetensors.index.json"
  private static let pickled = "pytorch_model.bin"
  private static let partLimit = 1024

  /// What an error about a missing tensor names.
  let path: String
  private let files: [SafetensorsFile]
  /// Where each tensor lies: index into `files`.
  private let places: [String: Int]

  /// - Throws: ``TransformersError`` or `SafetensorsError`, naming file and tensor.
  init(directory: URL) throws {
    func exists(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: directory.appending(path: name).path)
    }
    if !exists(Self.single), let index = try ModuleFile(directory, Self.index) {
      (files, places) = try Self.parts(index, directory: directory)
      path = index.path
      return
    }
    let url = directory.appending(path: Self.single)
    if !exists(Self.single), exists(Self.pickled) || exists("\(Self.pickled).index.json") {
      throw TransformersError.onlyPickledWeights(
        file: directory.appending(path: Self.pickled).path)
    }
    let file = try SafetensorsFile(contentsOf: url)
    path = url.path
    files = [file]
    places = Dictionary(file.tensorNames.map { ($0, 0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The first of `names` that the files hold, and the path of the file; nil when there is none.
  func tensor(_ names: [String]) throws -> (view: TensorView, path: String)? {
    for name in names {
      guard let place = places[name] else { continue }
      return (try files[place].tensor(name), files[place].path)
    }
    return nil
  }

  /// Opens the parts of an index and checks that each holds the tensors it is said to hold.
  private static func parts(_ index: ModuleFile, directory: URL) throws -> (
    [SafetensorsFile], [String: Int]
  ) {
    let map = try index.decode(WeightIndex.self).weightMap
    let names = Set(map.values).sorted()
    guard (1...partLimit).contains(names.count) else {
      throw index.unsupported(
        "weight_map", found: "a map to \(names.count) files", supported: "1 to \(partLimit) files")
    }
    var files: [SafetensorsFile] = []
    for name in names {
      guard name.hasSuffix(".safetensors"), !name.hasPrefix("."),
        !name.contains(where: { $0 == "/" || $0 == "\\" || $0 == "\0" })
      else {
        throw index.unsupported(
          "weight_map", found: "a map to \"\(name.prefix(100))\"",
          supported: "names of .safetensors files beside the index")
      }
      files.append(try SafetensorsFile(contentsOf: directory.appending(path: name)))
    }
    let numbers = Dictionary(
      names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let held = files.map { Set($0.tensorNames) }
    var places: [String: Int] = [:]
    for (tensor, name) in map.sorted(by: { $0.key < $1.key }) {
      guard let place = numbers[name], held[place].contains(tensor) else {
        throw index.unsupported(
          "weight_map.\(tensor.prefix(200))", found: "\"\(name)\", which has no such tensor",
          supported: "the file that holds it: fetch index and parts again, from one revision")
      }
      places[tensor] = place
    }
    return (files, places)
  }
}

/// `model.safetensors.index.json`.
private struct WeightIndex: Decodable {
  var weightMap: [String: String]

  enum CodingKeys: String, CodingKey {
    case weightMap = "weight_map"
  }
}
