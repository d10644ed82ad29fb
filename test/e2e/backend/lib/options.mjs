import { parseArgs } from "node:util";

export const USAGE = `usage: node start.mjs [options]                 start, print URL and logins, stop on Ctrl-C
       node start.mjs [options] --json          start, print one line of JSON, stop when stdin closes
       node start.mjs [options] --exec CMD …    start, run CMD with BACKEND and BACKEND_JSON set, stop
       node start.mjs --prepare                 install and build the seeded database only

options: --port N              Medusa's port (default: a free one)
         --node-env NAME       NODE_ENV of Medusa (default: development)
         --session-name NAME   session cookie's name
         --session-ttl MS      session's lifetime
         --session-rolling     renew the cookie with every response
         --optional-features   switch on tax_inclusive_pricing and product_categories
         --project NAME        start the project of this name in projects/
         --config JSON         changes of medusa-config.js, such as {"projectConfig":{"redis_url":"…"}}
         --extended            the same as --project extended: a shop whose customers have two more columns`;

const OPTIONS = {
  help: { type: "boolean", short: "h" },
  json: { type: "boolean" },
  prepare: { type: "boolean" },
  port: { type: "string" },
  "node-env": { type: "string" },
  "session-name": { type: "string" },
  "session-ttl": { type: "string" },
  "session-rolling": { type: "boolean" },
  "optional-features": { type: "boolean" },
  project: { type: "string" },
  config: { type: "string" },
  extended: { type: "boolean" },
};

export class UsageError extends Error {}

export function parse(argv) {
  const at = argv.findIndex((arg) => arg === "--exec" || arg === "--");
  const command = at < 0 ? null : argv.slice(at + 1);
  if (command?.length === 0) throw new UsageError("--exec needs a command");
  const values = parseValues(at < 0 ? argv : argv.slice(0, at));
  const mode = command ? "exec" : values.json ? "json" : values.prepare ? "prepare" : "human";
  return {
    help: values.help,
    mode,
    command,
    port: number("port", values.port) ?? 0,
    settings: {
      nodeEnv: values["node-env"],
      sessionName: values["session-name"],
      sessionTtl: number("session-ttl", values["session-ttl"]),
      sessionRolling: values["session-rolling"],
      optionalFeatures: values["optional-features"],
      project: values.extended ? "extended" : values.project,
      config: values.config,
    },
  };
}

function parseValues(args) {
  try {
    return parseArgs({ args, options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function number(name, text) {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new UsageError(`--${name} needs a number`);
  return Number(text);
}
