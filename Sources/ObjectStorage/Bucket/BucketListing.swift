import Foundation

/// One page of ListObjectsV2.
struct BucketListing: Equatable {
  struct Object: Equatable {
    var key = ""
    var size: Int64?
  }

  var objects: [Object] = []
  /// By which to ask for the next page; nil on the last one.
  var nextToken: String?

  /// - Throws: `ElementReader.Malformed` when this is no such page.
  init(_ document: Data) throws {
    guard let text = String(bytes: document, encoding: .utf8) else {
      throw ElementReader.Malformed()
    }
    var reader = ElementReader(text)
    var path: [String] = []
    var object = Object()
    var isTruncated = false
    var token = ""
    var isList = false
    while let event = try reader.next() {
      switch event {
      case .start(let name):
        path.append(name)
        if path == ["ListBucketResult"] { isList = true }
        if path == ["ListBucketResult", "Contents"] { object = Object() }
      case .end:
        if path == ["ListBucketResult", "Contents"] { objects.append(object) }
        path.removeLast()
      case .text(let text):
        guard path.first == "ListBucketResult" else { continue }
        switch path.dropFirst() {
        case ["Contents", "Key"]: object.key += text
        case ["Contents", "Size"]: object.size = Int64(text)
        case ["IsTruncated"]: isTruncated = text == "true"
        case ["NextContinuationToken"]: token += text
        default: continue
        }
      }
    }
    guard isList, !isTruncated || !token.isEmpty else { throw ElementReader.Malformed() }
    nextToken = isTruncated ? token : nil
  }
}

/// Why an object store refuses.
struct BucketError: Equatable {
  var code = ""
  var message = ""
  /// Where the bucket is, in an answer from another region.
  var region: String?

  /// What the document says; empty when it is no such document.
  init(_ document: Data) {
    var reader = ElementReader(String(decoding: document, as: UTF8.self))
    var path: [String] = []
    while let event = try? reader.next() {
      switch event {
      case .start(let name): path.append(name)
      case .end: path.removeLast()
      case .text(let text):
        switch path {
        case ["Error", "Code"]: code += text
        case ["Error", "Message"]: message += text
        case ["Error", "Region"]: region = text
        default: continue
        }
      }
    }
  }
}

extension WebAccess {
  /// What an object store's refusal means.
  func bucketRefusal(_ reply: WebTransfer.Reply) -> SourceError {
    let error = BucketError(reply.refusal)
    let code = Self.line(error.code.isEmpty ? "status \(reply.status)" : error.code)
    let region = reply.headers["x-amz-bucket-region"] ?? error.region
    if let region, (300..<400).contains(reply.status) || error.code.hasPrefix("Authorization") {
      return failure(
        "the bucket is in another region (\(Self.line(region)))",
        "set AWS_REGION=\(Self.line(region)) for the worker")
    }
    switch (error.code, reply.status) {
    case ("NoSuchBucket", _):
      return failure("there is no such bucket", "check its name and NNLUT_S3_ENDPOINT")
    case ("RequestTimeTooSkewed", _):
      return failure("this machine's clock is wrong (\(code))", "set it, for example with NTP")
    case ("InvalidAccessKeyId", _), ("SignatureDoesNotMatch", _), ("InvalidToken", _),
      ("ExpiredToken", _):
      return failure(
        "the store does not accept the worker's key (\(code))",
        "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION")
    case (_, 401), (_, 403):
      if case .none = credential {
        return failure(
          "the store refuses access without a key (\(code))",
          "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for the worker")
      }
      return failure(
        "the store refuses access (\(code))",
        "let the worker's key read the object and list the bucket")
    case (_, 404), (_, 410):
      return failure("there is no such object (\(code))", "check its key; it is case-sensitive")
    case (_, 300..<400):
      return failure(
        "the store redirects (\(code))", "check AWS_REGION and NNLUT_S3_ENDPOINT")
    default:
      let isPassing = isPassing(reply.status)
      return failure(
        "the store answers with \(code): \(Self.line(error.message))",
        isPassing ? "try again later" : "check the address and NNLUT_S3_ENDPOINT",
        isRetryable: isPassing)
    }
  }
}
