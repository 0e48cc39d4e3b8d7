// Azure's own validator of live traffic over recorded exchanges: node oav.cjs <folder of traffic> <folder of specifications>
// Ends with 1 when it finds something that is not in KNOWN.
const { LiveValidator } = require("oav/dist/lib/liveValidation/liveValidator.js");
const fs = require("fs");
const path = require("path");

// Where the service differs from its specification, or the validator takes one operation for another.
const KNOWN = [
  // The default answer is described without the envelope `error` that ARM puts around every refusal.
  (it) => it.code === "OBJECT_ADDITIONAL_PROPERTIES" && it.status >= 400 && it.path === "/error",
  // Storage's resource provider describes no refusals.
  (it) => it.code === "INVALID_RESPONSE_CODE" && it.status >= 400,
  // Polls of operations have no specification of their own; the validator takes them for any resource by its id.
  (it) => it.operation === "Resources_GetById",
  // The newer specification of the metadata service has no token that refreshes; the documented answer of the service has.
  (it) => it.operation === "Identity_GetToken" && it.path === "/refresh_token",
];

const [, , traffic, specifications] = process.argv;

function files(folder) {
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  const all = entries.flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? files(file) : [file];
  });
  return all.filter((file) => file.endsWith(".json"));
}

function findings(exchange, result) {
  const sides = { request: result.requestValidationResult, response: result.responseValidationResult };
  // What was refused was wrong on purpose.
  if (exchange.liveResponse.statusCode >= 400) delete sides.request;
  return Object.entries(sides).flatMap(([side, it]) =>
    (it.errors || []).map((error) => ({
      side,
      operation: it.operationInfo.operationId,
      status: Number(exchange.liveResponse.statusCode),
      code: error.code,
      path: error.pathsInPayload.join(","),
      message: error.message,
    })),
  );
}

async function main() {
  console.error = () => {};
  const validator = new LiveValidator({
    directory: specifications,
    swaggerPathsPattern: ["**/*.json"],
    excludedSwaggerPathsPattern: ["**/examples/**/*"],
    git: { shouldClone: false },
    checkUnderFileRoot: false,
    loadValidatorInBackground: false,
  });
  await validator.initialize();
  const count = { exchanges: 0, compared: 0, known: 0, wrong: 0 };
  for (const file of files(traffic)) {
    const exchange = JSON.parse(fs.readFileSync(file));
    const result = await validator.validateLiveRequestResponse(exchange);
    count.exchanges += 1;
    const sides = [result, result.requestValidationResult, result.responseValidationResult];
    if (sides.some((side) => side.runtimeException)) continue; // in none of the bundled files
    count.compared += 1;
    for (const finding of findings(exchange, result)) {
      const isKnown = KNOWN.some((known) => known(finding));
      count[isKnown ? "known" : "wrong"] += 1;
      if (!isKnown) console.log(path.relative(traffic, file), exchange.liveRequest.method, exchange.liveRequest.url, JSON.stringify(finding));
    }
  }
  console.log(JSON.stringify(count));
  process.exit(count.wrong === 0 && count.compared > 0 ? 0 : 1);
}

main();
