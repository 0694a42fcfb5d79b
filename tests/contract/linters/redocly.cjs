// Prints what Redocly's recommended rules find in a description, and fails if that is anything at all.
const { createConfig, formatProblems, getTotals, lint } = require("@redocly/openapi-core");

async function main() {
  const config = await createConfig({ extends: ["recommended"] });
  const problems = await lint({ ref: process.argv[2], config });
  formatProblems(problems, { totals: getTotals(problems) });
  process.exitCode = problems.length > 0 ? 1 : 0;
}

main();
