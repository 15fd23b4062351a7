extension Operation {
  static let artifacts: [Operation] = [
    Operation(
      method: "GET", path: "/v1/artifacts", name: "listArtifacts", tag: "artifacts",
      summary: "The newest version of each name", parameters: Parameter.paging(Schema.name),
      answers: [.page(of: "ArtifactVersion")]),
    Operation(
      method: "GET", path: "/v1/artifacts/{name}/versions", name: "listVersions",
      tag: "artifacts", summary: "An artifact's versions, newest first",
      parameters: [artifact] + Parameter.paging(), answers: [.page(of: "ArtifactVersion")]),
    Operation(
      method: "GET", path: "/v1/artifacts/{name}/versions/{reference}", name: "getVersion",
      tag: "artifacts", summary: "One version",
      parameters: [
        artifact,
        .path(
          "reference", "A version's number, an alias, or `sha256:…`.", Schema.string(maximum: 200)),
        .ifNoneMatch,
      ],
      answers: [.json("ArtifactVersion", "The version.").tagged, .notModified]),
    Operation(
      method: "PUT", path: "/v1/artifacts/{name}/aliases/{alias}", name: "setAlias",
      tag: "artifacts", summary: "Point an alias at a version",
      parameters: [
        artifact,
        .path(
          "alias", "a–z, 0–9 and -, not at the ends; not a number.",
          Schema.pattern("^(?![0-9]+$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$", maximum: 63)),
        .header(
          "If-Match", "Only when the alias names this version now: its number in quotes.",
          Schema.pattern("^(\\*|\"[0-9]{1,9}\")$")),
        .header("If-None-Match", "`*`: only when there is no such alias.", Schema.pattern("^\\*$")),
      ],
      body: .json("AliasTarget"),
      answers: [
        {
          var answer = Answer.json("ArtifactVersion", "The version, with its aliases.")
          answer.headers["ETag"] = Schema.string("The version's number in quotes, for `If-Match`.")
          return answer
        }()
      ],
      problems: [412: "`condition-failed`: somebody moved the alias meanwhile."]),
    Operation(
      method: "GET", path: "/v1/blobs/{digest}", name: "getBlob", tag: "blobs",
      summary: "A result's or an artifact file's bytes", parameters: [digest, .ifNoneMatch],
      answers: [
        Answer(
          status: 200, description: "The bytes.",
          content: ("application/octet-stream", [:])
        ).tagged, .notModified,
      ]),
    Operation(
      method: "PUT", path: "/v1/blobs/{digest}", name: "putBlob", tag: "blobs",
      summary: "Store bytes under their digest",
      description: "At most 256 MiB. Nothing is stored unless the bytes have the digest.",
      parameters: [digest],
      body: Body(
        types: ["application/octet-stream"], schema: [:], description: "The bytes.",
        isChecked: false),
      answers: [
        Answer(
          status: 201, description: "Stored, now or before.",
          headers: ["Location": Schema.string("The blob's path.")])
      ],
      problems: [409: "`quota-exceeded`, which names quota and use."]),
  ]

  private static let artifact = Parameter.path("name", "The artifact's name.", Schema.name)
  private static let digest = Parameter.path("digest", "Of the bytes.", Schema.digest)
}
