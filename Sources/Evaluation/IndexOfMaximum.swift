/// The first index of the largest value; 0 when there is none.
func indexOfMaximum(_ values: [Float]) -> Int {
  var best = 0
  for index in values.indices where values[index] > values[best] { best = index }
  return best
}
