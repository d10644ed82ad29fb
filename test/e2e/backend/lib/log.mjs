// All words for a person go to stderr: stdout belongs to the JSON line, or to the command that runs.
export function say(text) {
  process.stderr.write(`backend: ${text}\n`);
}

export function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
