/// Entities in a sequence of tags as seqeval finds them by default: leniently, so that an entity may
/// begin with I (conlleval's rules for tags B, I, E, S and O).
struct EntityTags: Sendable {
  struct Entity: Hashable {
    var type: Int
    /// First and last word.
    var first: Int
    var last: Int
  }

  private struct Tag: Sendable {
    var mark: Unicode.Scalar
    /// Equal for tags of one type of entity.
    var type: Int
  }

  /// By label.
  private let tags: [Tag]
  private let outside: Tag
  /// The label of words outside of entities; -1 when the model has none.
  let outsideLabel: Int

  /// - Parameter labels: the model's, such as `O`, `B-PER`, `I-PER`.
  init(_ labels: [String]) {
    var types: [String: Int] = ["_": 0]
    tags = labels.map { label in
      let scalars = label.unicodeScalars
      let rest = scalars.dropFirst()
      let type = String(
        String.UnicodeScalarView(
          rest.firstIndex(of: "-").map { rest[rest.index(after: $0)...] } ?? rest[...]))
      let name = type.isEmpty ? "_" : type
      let known = types[name] ?? types.count
      types[name] = known
      return Tag(mark: scalars.first ?? "O", type: known)
    }
    outside = Tag(mark: "O", type: 0)
    outsideLabel = labels.firstIndex(of: "O") ?? -1
  }

  /// - Parameter labels: one per word; those that are no label count as outside.
  func entities(_ labels: some Collection<Int>) -> Set<Entity> {
    var entities: Set<Entity> = []
    // Before the first word there is a type that no word has.
    var previous = Tag(mark: "O", type: -1)
    var first = 0
    func visit(_ tag: Tag, _ index: Int) {
      if ends(previous, tag) {
        entities.insert(Entity(type: previous.type, first: first, last: index - 1))
      }
      if starts(previous, tag) { first = index }
      previous = tag
    }
    var index = 0
    for label in labels {
      visit(tags.indices.contains(label) ? tags[label] : outside, index)
      index += 1
    }
    visit(outside, index)
    return entities
  }

  private func ends(_ previous: Tag, _ tag: Tag) -> Bool {
    switch (previous.mark, tag.mark) {
    case ("E", _), ("S", _), ("B", "B"), ("B", "S"), ("B", "O"), ("I", "B"), ("I", "S"), ("I", "O"):
      true
    default: previous.mark != "O" && previous.mark != "." && previous.type != tag.type
    }
  }

  private func starts(_ previous: Tag, _ tag: Tag) -> Bool {
    switch (previous.mark, tag.mark) {
    case (_, "B"), (_, "S"), ("E", "E"), ("E", "I"), ("S", "E"), ("S", "I"), ("O", "E"), ("O", "I"):
      true
    default: tag.mark != "O" && tag.mark != "." && previous.type != tag.type
    }
  }
}
