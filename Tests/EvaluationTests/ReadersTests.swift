import Evaluation
import Foundation
import Testing

/// Bad data gives an error that names the place and the remedy.
@Suite struct ReadersTests {
  private static let corpus = #"{"_id":"d","title":"T","text":"t"}"# + "\n"
  private static let queries = #"{"_id":"q","text":"t"}"# + "\n"
  private static let header = "query-id\tcorpus-id\tscore\n"

  @Test(arguments: [
    ("corpus.jsonl", "", "corpus.jsonl: the corpus is empty"),
    ("corpus.jsonl", "{\"_id\":\"d\"}\n", "corpus.jsonl:1: the line is no JSON object"),
    ("corpus.jsonl", corpus + "\n" + corpus, "corpus.jsonl:3: the id 'd' appears twice"),
    ("queries.jsonl", queries + "oops\n", "queries.jsonl:2: the line is no JSON object"),
    ("queries.jsonl", queries + queries, "queries.jsonl:2: the id 'q' appears twice"),
    ("qrels/test.tsv", "q\td\t1\n", "test.tsv:1: the header is missing"),
    ("qrels/test.tsv", header, "test.tsv: the split is empty"),
    ("qrels/test.tsv", header + "q\td\n", "test.tsv:2: the line is not: query id"),
    ("qrels/test.tsv", header + "q\td\t0.5\n", "test.tsv:2: the line is not: query id"),
    ("qrels/test.tsv", header + "p\td\t1\n", "test.tsv:2: query 'p' is not in queries.jsonl"),
    ("qrels/test.tsv", header + "q\te\t1\n", "test.tsv:2: document 'e' is not in corpus.jsonl"),
    ("qrels/test.tsv", header + "q\td\t1\nq\td\t0\n", "test.tsv:3: this query and document"),
  ])
  func retrieval(file: String, text: String, expected: String) throws {
    var files = [
      "corpus.jsonl": Self.corpus, "queries.jsonl": Self.queries,
      "qrels/test.tsv": Self.header + "q\td\t1\n",
    ]
    let good = try TemporaryFolder(files)
    #expect(try RetrievalDataset(directory: good.url).texts == ["T t", "t"])
    files[file] = text
    let folder = try TemporaryFolder(files)
    let found = message { try RetrievalDataset(directory: folder.url) }
    #expect(found.contains(expected), "\(found)")
  }

  @Test(arguments: [
    ("a,b\n", "dev.csv:1: the record is not"), ("a,b,high\n", "dev.csv:1: the score 'high'"),
    ("a,b,nan\n", "dev.csv:1: the score 'nan'"), ("", "dev.csv: the split is empty"),
    ("a,b,1\n\"open,b,1\n", "dev.csv:2: a quoted field is not closed"),
    ("\"a\"b,c,1\n", "dev.csv:1: text follows a closing quote"),
    ("a\"b,c,1\n", "dev.csv:1: a quote stands inside"),
  ])
  func similarity(text: String, expected: String) throws {
    let folder = try TemporaryFolder(["dev.csv": text])
    let found = message { try SimilarityDataset(directory: folder.url) }
    #expect(found.contains(expected), "\(found)")
  }

  @Test func quotedFieldsHoldCommasQuotesAndLines() throws {
    let folder = try TemporaryFolder([
      "test.csv": "\"a, b\",\"say \"\"x\"\"\",1\r\n\"two\nlines\",,2\n"
    ])
    let dataset = try SimilarityDataset(directory: folder.url)
    #expect(dataset.texts == ["a, b", "say \"x\"", "two\nlines", ""])
  }

  @Test(arguments: [
    ("good\ttext\n", "test.tsv:1: there is no label 'good'"),
    ("2\ttext\n", "test.tsv:1: there is no label '2'"),
    ("no tab\n", "test.tsv:1: the line has no tab"), ("\n", "test.tsv: the split is empty"),
  ])
  func classification(text: String, expected: String) throws {
    let folder = try TemporaryFolder([
      "test.tsv": text, "head.json": #"{"labels":["n","p"],"weight":[[1,2]],"bias":[0]}"#,
    ])
    let found = message { try ClassificationDataset(directory: folder.url) }
    #expect(found.contains(expected), "\(found)")
  }

  @Test(arguments: [
    (#"{"labels":["n","p"],"weight":[[1,2]]}"#, "\"bias\" is missing"),
    (#"{"labels":["n"],"weight":[[1,2]],"bias":[0]}"#, "\"labels\" must name two"),
    (#"{"labels":["n","p"],"weight":[[1,2],[1]],"bias":[0,0]}"#, "\"weight\" does not fit"),
    (#"{"labels":["n","p"],"weight":[[]],"bias":[0]}"#, "\"weight\" does not fit"),
    (#"{"labels":["n","p"],"weight":[[1]],"bias":[]}"#, "\"bias\" has 0 numbers"),
    ("[", "not valid JSON"),
  ])
  func heads(text: String, expected: String) throws {
    let folder = try TemporaryFolder(["test.tsv": "n\ttext\n", "head.json": text])
    let found = message { try ClassificationDataset(directory: folder.url) }
    #expect(found.contains("head.json") && found.contains(expected), "\(found)")
  }

  @Test func missingThings() throws {
    let folder = try TemporaryFolder(["test.tsv": "n\ttext\n"])
    #expect(message { try ClassificationDataset(directory: folder.url) }.contains("head.json"))
    #expect(message { try RetrievalDataset(directory: folder.url) }.contains("corpus.jsonl"))
    #expect(message { try SimilarityDataset(directory: folder.url) }.contains("the record is not"))
    let unknown = message {
      try EvaluationDatasets.loadDataset(kind: "summary", directory: folder.url)
    }
    #expect(unknown.contains("'summary'") && unknown.contains("retrieval, similarity"))
  }

  @Test func invalidUTF8AndAbsurdLines() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      Data("a,b,1\nx\u{FF},b,1\n".unicodeScalars.map { UInt8($0.value) }), to: "test.csv")
    #expect(
      message { try SimilarityDataset(directory: folder.url) }.contains(
        "test.csv:2: the line is not"))
    try folder.write(Data(repeating: 97, count: 5 << 20), to: "test.csv")
    #expect(
      message { try SimilarityDataset(directory: folder.url) }.contains("test.csv:1: the line has"))
  }

  @Test func theTrainSplitIsNotRead() throws {
    let folder = try TemporaryFolder(["train.csv": "a,b,1\n", "dev.csv": "c,d,1\n"])
    let dataset = try SimilarityDataset(directory: folder.url)
    #expect(dataset.texts == ["c", "d"] && dataset.splits == ["dev": 1])
  }

  @Test func predictionsThatDoNotFitAreRefused() throws {
    let folder = try TemporaryFolder(["dev.csv": "a,b,1\n"])
    let dataset = try SimilarityDataset(directory: folder.url)
    let others: [Predictions] = [
      .similarity(cosines: []), .similarity(cosines: [.nan]), .classification(scores: [[1, 2]]),
    ]
    for predictions in others {
      #expect(throws: EvaluationError.self) { try dataset.metrics(split: "dev", predictions) }
    }
    #expect(throws: EvaluationError.self) {
      try dataset.metrics(split: "test", .similarity(cosines: [1]))
    }
    #expect(throws: EvaluationError.self) {
      try dataset.predictions(
        split: "dev", embeddings: EmbeddingMatrix(rows: 1, columns: 1, values: [1]))
    }
    #expect(throws: EvaluationError.self) {
      try EmbeddingMatrix(rows: 1, columns: 2, values: [1, .infinity])
    }
  }
}
