/// What happens to the tokens of texts: special tokens around them, offsets without white space.
struct PostProcessing: Sendable {
  var template = SequenceTemplate()
  /// One after the other.
  var trimmings: [OffsetTrimming] = []
}
