import Artifacts
import Foundation
import ObjectStorage
import Testing

struct LocalSourceTests {
  let folder: TemporaryFolder
  let outside: TemporaryFolder
  let cache: SourceCache

  init() throws {
    folder = try TemporaryFolder()
    outside = try TemporaryFolder()
    var policy = FetchPolicy()
    policy.allowedFolders = [folder.url.appending(path: "data")]
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "data"), withIntermediateDirectories: true)
    cache = try SourceCache(directory: folder.url.appending(path: "cache"), policy: policy)
  }

  @Test func aFileIsUsedWhereItIs() throws {
    let file = try folder.write("one\ntwo\n", to: "data/text.txt")
    for source in ["file:text.txt", "file:\(file.path)", "file://\(file.path)"] {
      let resolved = try cache.resolve(source, wanting: .file)
      #expect(resolved.digest == ContentDigest(of: Data("one\ntwo\n".utf8)))
      #expect(try Data(contentsOf: resolved.location) == Data("one\ntwo\n".utf8))
      #expect(resolved.source == source)
    }
  }

  @Test func aFoldersDigestIsThatOfItsListing() throws {
    try folder.write("b", to: "data/set/qrels/test.tsv")
    try folder.write("a", to: "data/set/corpus.jsonl")
    let lines = [("corpus.jsonl", "a"), ("qrels/test.tsv", "b")].map { path, text in
      "\(path)\0\(text.utf8.count)\0\(ContentDigest(of: Data(text.utf8)).hexadecimal)\n"
    }
    let resolved = try cache.resolve("file:set", wanting: .dataset)
    #expect(resolved.digest == ContentDigest(of: Data(lines.joined().utf8)))
  }

  @Test func aModelsDigestIgnoresOtherFilesAndThePlace() throws {
    for place in ["data/a", "data/b"] {
      try folder.write("{}", to: "\(place)/config.json")
      try folder.write("weights", to: "\(place)/model.safetensors")
    }
    try folder.write("notes", to: "data/b/README.md")
    let first = try cache.resolve("file:a", wanting: .model)
    let second = try cache.resolve("file:b", wanting: .model)
    #expect(first.digest == second.digest)
    try folder.write("other weights", to: "data/b/model.safetensors")
    #expect(try cache.resolve("file:b", wanting: .model).digest != first.digest)
  }

  @Test func linksLeadOutOfNoAllowedFolder() throws {
    let secret = try outside.write("secret", to: "secret.txt")
    let data = folder.url.appending(path: "data")
    try FileManager.default.createSymbolicLink(
      at: data.appending(path: "link.txt"), withDestinationURL: secret)
    try folder.write("x", to: "data/set/x.txt")
    try FileManager.default.createSymbolicLink(
      at: data.appending(path: "set/link.txt"), withDestinationURL: secret)
    for (source, content) in [
      ("file:link.txt", SourceContent.file), ("file:\(secret.path)", .file),
      ("file:../cache/../../\(outside.url.lastPathComponent)/secret.txt", .file),
      ("file:set", .dataset),
    ] {
      let error = #expect(throws: SourceError.self) {
        try cache.resolve(source, wanting: content)
      }
      #expect(error?.description.contains("outside the folders") == true, "\(source)")
      #expect(error?.remedy.contains("--allow-folder") == true)
    }
  }

  @Test(arguments: [
    ("file:none.txt", SourceContent.file, "nothing at this path"),
    ("file:set", .file, "it is a folder"), ("file:set/x.txt", .dataset, "it is a file"),
    ("file:set", .model, "no config.json"),
    ("file:old", .model, "safe_serialization"),
    ("file:", .file, "names no path"), ("text.txt", .file, "no source"),
    ("s3://b/key", .file, "names no bucket"), ("ftp://host/x", .file, "not known"),
    ("https://user:hunter2@host/x", .file, "user name or password"),
    ("hf://a b/c", .model, "names nothing"), ("hf://../../etc", .model, "names nothing"),
  ])
  func whatCannotBeUsedSaysWhy(source: String, content: SourceContent, says: String) throws {
    try folder.write("x", to: "data/set/x.txt")
    try folder.write("{}", to: "data/old/config.json")
    try folder.write("x", to: "data/old/pytorch_model.bin")
    let error = #expect(throws: SourceError.self) { try cache.resolve(source, wanting: content) }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("hunter2") == false)
    #expect(error?.isRetryable == false)
  }

  @Test func changedContentIsNotMaterialized() throws {
    try folder.write("one", to: "data/text.txt")
    let resolved = try cache.resolve("file:text.txt", wanting: .file)
    #expect(
      try cache.materialize("file:text.txt", digest: resolved.digest, wanting: .file)
        == resolved.location)
    try folder.write("other", to: "data/text.txt")
    let error = #expect(throws: SourceError.self) {
      try cache.materialize("file:text.txt", digest: resolved.digest, wanting: .file)
    }
    #expect(error?.problem.contains("changed") == true)
  }
}
