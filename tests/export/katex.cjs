// Reads formulas as a JSON list; prints [formula, message] of every one that KaTeX refuses.
const katex = require("katex");
const refused = [];
for (const formula of JSON.parse(require("fs").readFileSync(0, "utf8"))) {
  try {
    katex.renderToString(formula, { displayMode: true, throwOnError: true, strict: "error" });
  } catch (error) {
    refused.push([formula, error.message]);
  }
}
process.stdout.write(JSON.stringify(refused));
