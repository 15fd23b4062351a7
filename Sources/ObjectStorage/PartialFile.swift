import Artifacts
import Foundation

/// A download on its way, kept for the next try when it ends early, with a note beside it of what
/// it is a part of. Its key's lock must be held.
struct PartialFile {
  /// What the next try must know to go on.
  struct Note: Codable, Equatable {
    /// Strong ETag of the content.
    var tag: String
    /// Of the whole content, bytes.
    var total: Int64
    /// Which start of the machine wrote it: what was written before the power failed may be lost.
    var boot: String
  }

  let place: URL

  private var notePlace: URL { place.appendingPathExtension("json") }

  /// What is there to go on with, and how many bytes of it.
  func resume() -> (note: Note, bytes: Int64)? {
    guard let bytes = try? Data(contentsOf: notePlace),
      let note = try? JSONDecoder().decode(Note.self, from: bytes),
      note.boot == Self.boot, note.tag.hasPrefix("\"")
    else { return nil }
    var status = stat()
    guard stat(place.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let size = Int64(status.st_size)
    // Of what is there whole, the last byte is asked for again: so it is checked, too.
    guard size > 1, size <= note.total else { return nil }
    return (note, min(size, note.total - 1))
  }

  /// Remembers what the file is a part of; nil when it could not be gone on with.
  func write(_ note: Note?) {
    guard let note, let bytes = try? JSONEncoder().encode(note),
      (try? bytes.write(to: notePlace)) != nil
    else {
      unlink(notePlace.path)
      return
    }
  }

  func remove() {
    unlink(notePlace.path)
    unlink(place.path)
  }

  /// Keeps it if another try could go on with it.
  func keepForLater() {
    if resume() == nil { remove() }
  }

  static let boot =
    (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
    .trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
}
