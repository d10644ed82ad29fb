import fs from "node:fs";

const KEPT_LINES = 400;

// Writes a child's output to a file and keeps its last lines for error messages.
export class Tail {
  #lines = [];
  #rest = "";
  #file;

  constructor(file) {
    this.#file = fs.createWriteStream(file, { flags: "a" });
  }

  follow(stream) {
    stream.setEncoding("utf8");
    stream.on("data", (text) => {
      this.#file.write(text);
      const lines = (this.#rest + text).split("\n");
      this.#rest = lines.pop();
      this.#lines.push(...lines);
      this.#lines.splice(0, this.#lines.length - KEPT_LINES);
    });
  }

  last(count = 40) {
    return [...this.#lines, this.#rest].filter(Boolean).slice(-count).join("\n");
  }
}
