// All text for a person goes to stderr: stdout belongs to the line of JSON, or to the command that runs.
export function say(text) {
  process.stderr.write(`backend: ${text}\n`);
}

export function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
