import Models
import Synchronization

/// Workspaces of finished calls, for the next ones: making one anew costs a tenth of a small batch,
/// in pages that the system must clear.
final class WorkspacePool: Sendable {
  /// Workspaces kept; more calls at once make their own.
  static let limit = 8

  private let idle = Mutex<[Workspace]>([])

  /// A workspace that `batch` fits: one that lies here, or a new one of at least `tokens` rows.
  func loan(
    for batch: RaggedBatch, model: ModelDescription, tokens: Int, isInt8: Bool
  ) -> WorkspaceLoan {
    let found = idle.withLock { idle in
      idle.firstIndex { $0.fits(batch) }.map { idle.remove(at: $0) }
    }
    let workspace =
      found
      ?? Workspace(
        model: model, tokens: max(batch.tokens.count, tokens), longest: batch.longest,
        isInt8: isInt8)
    return WorkspaceLoan(workspace, pool: self)
  }

  fileprivate func giveBack(_ workspace: Workspace) {
    idle.withLock { idle in
      // The newest fits the batches of now.
      if idle.count == Self.limit { idle.removeFirst() }
      idle.append(workspace)
    }
  }
}

/// A workspace that one call owns; it returns to its pool when the call lets go of it.
final class WorkspaceLoan {
  let workspace: Workspace
  private let pool: WorkspacePool

  fileprivate init(_ workspace: Workspace, pool: WorkspacePool) {
    self.workspace = workspace
    self.pool = pool
  }

  deinit { pool.giveBack(workspace) }
}
