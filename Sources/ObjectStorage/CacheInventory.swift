import Foundation

/// What lies in a cache's folder at one moment, and in which order it would be given up.
///
/// A folder is made of hard links to files that also lie beside it, so space is counted by inode:
/// giving up one of two names frees nothing.
struct CacheInventory {
  struct Item {
    var place: URL
    /// Seconds since 1970. A file that a folder holds too counts as used when the folder was.
    var lastUse: Double
    var isFolder: Bool
    fileprivate(set) var inodes: [UInt64]
  }

  /// Oldest first; folders before the files they hold.
  private(set) var items: [Item] = []
  private var sizes: [UInt64: Int64] = [:]
  private var names: [UInt64: Int] = [:]

  /// Bytes, each inode once.
  private(set) var bytes: Int64 = 0

  /// - Parameter folders: What lies in these, one item each.
  init(folders: [URL]) {
    for folder in folders {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
        let place = folder.appending(path: name)
        var status = stat()
        guard lstat(place.path, &status) == 0 else { continue }
        var item = Item(place: place, lastUse: UsageTime.of(status), isFolder: false, inodes: [])
        if status.st_mode & S_IFMT == S_IFDIR {
          item.isFolder = true
          addFolder(place, to: &item)
        } else {
          add(status, to: &item)
        }
        items.append(item)
      }
    }
    var folderUse: [UInt64: Double] = [:]
    for item in items where item.isFolder {
      for inode in item.inodes { folderUse[inode] = max(folderUse[inode] ?? 0, item.lastUse) }
    }
    for (index, item) in items.enumerated() where !item.isFolder {
      guard let inode = item.inodes.first, let use = folderUse[inode] else { continue }
      items[index].lastUse = max(item.lastUse, use)
    }
    items.sort {
      ($0.lastUse, $0.isFolder ? 0 : 1, $0.place.path)
        < ($1.lastUse, $1.isFolder ? 0 : 1, $1.place.path)
    }
  }

  /// Takes an item off the count, once it is gone.
  mutating func remove(_ item: Item) {
    for inode in item.inodes {
      names[inode, default: 0] -= 1
      if names[inode] == 0 { bytes -= sizes[inode] ?? 0 }
    }
  }

  private mutating func addFolder(_ folder: URL, to item: inout Item) {
    // A cache's own folders hold regular files and folders only.
    var folders = [folder]
    while let next = folders.popLast() {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: next.path)) ?? [] {
        let place = next.appending(path: name)
        var status = stat()
        guard lstat(place.path, &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR {
          folders.append(place)
        } else {
          add(status, to: &item)
        }
      }
    }
  }

  private mutating func add(_ status: stat, to item: inout Item) {
    let inode = UInt64(status.st_ino)
    if names[inode, default: 0] == 0 {
      sizes[inode] = Int64(status.st_size)
      bytes += Int64(status.st_size)
    }
    names[inode, default: 0] += 1
    item.inodes.append(inode)
  }
}
