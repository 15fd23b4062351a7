import CBLAS

/// A row-major matrix inside a larger buffer.
struct MatrixSlice<Pointer> {
  var start: Pointer
  /// Elements from one row to the next.
  var stride: Int
}

typealias Matrix = MatrixSlice<UnsafePointer<Float>>
typealias MutableMatrix = MatrixSlice<UnsafeMutablePointer<Float>>

/// result [rows, columns] = scale · left [rows, inner] · rightᵀ, with right [columns, inner].
func multiply(
  _ left: Matrix, transposed right: Matrix, into result: MutableMatrix, rows: Int, columns: Int,
  inner: Int, scale: Float = 1
) {
  cblas_sgemm(
    CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(columns), blasint(inner), scale,
    left.start, blasint(left.stride), right.start, blasint(right.stride), 0, result.start,
    blasint(result.stride))
}

/// result [rows, columns] = left [rows, inner] · right [inner, columns].
func multiply(
  _ left: Matrix, _ right: Matrix, into result: MutableMatrix, rows: Int, columns: Int, inner: Int
) {
  cblas_sgemm(
    CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(columns), blasint(inner), 1,
    left.start, blasint(left.stride), right.start, blasint(right.stride), 0, result.start,
    blasint(result.stride))
}
