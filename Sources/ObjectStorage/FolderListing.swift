import Artifacts
import Foundation

/// What a folder holds, independent of where it is: its digest is that of the lines
/// `path NUL size NUL sha256-in-hex LF`, sorted by the path's bytes.
struct FolderListing: Sendable {
  struct Entry: Sendable {
    var path: String
    var size: Int64
    var digest: ContentDigest
  }

  private(set) var entries: [Entry] = []

  mutating func add(_ entry: Entry) { entries.append(entry) }

  var digest: ContentDigest {
    var text = StreamingDigest()
    for entry in entries.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
      text.update(Data("\(entry.path)\0\(entry.size)\0\(entry.digest.hexadecimal)\n".utf8))
    }
    return text.finalize()
  }
}
