// A reporter for jest, copied beside a test run: JUnit XML with each test's file, its suites, and the error as it was
// thrown. It also writes how many tests are done, and nothing else.
const { writeFileSync } = require("node:fs");

const shown = (text) => String(text ?? "").replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]/g, "\uFFFD");
const escaped = (text) =>
  shown(text).replace(/[&<>"\n]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;" })[c]);

class Reporter {
  done = 0;
  rows = [];

  onTestResult(_test, result) {
    const file = escaped(result.testFilePath);
    if (result.testExecError || (result.failureMessage && !result.testResults.length)) {
      const text = result.testExecError?.stack ?? result.failureMessage;
      this.rows.push(`<testcase name="${file}" classname="" file="${file}"><error>${escaped(text)}</error></testcase>`);
    }
    for (const each of result.testResults) {
      this.done += 1;
      const how = each.status === "failed"
        ? `<failure>${escaped(each.failureMessages.join("\n"))}</failure>`
        : each.status === "passed" ? "" : "<skipped/>";
      this.rows.push(
        `<testcase name="${escaped(each.title)}" classname="${escaped(each.ancestorTitles.join("::"))}"` +
          ` file="${file}" time="${(each.duration ?? 0) / 1000}">${how}</testcase>`,
      );
    }
    if (process.env.ROOTCASE_PROGRESS) writeFileSync(process.env.ROOTCASE_PROGRESS, `${this.done} 0`);
  }

  onRunComplete() {
    const text = ['<?xml version="1.0" encoding="utf-8"?>', "<testsuites>", ...this.rows, "</testsuites>", ""];
    writeFileSync(process.env.ROOTCASE_REPORT, text.join("\n"));
  }
}

module.exports = Reporter;
