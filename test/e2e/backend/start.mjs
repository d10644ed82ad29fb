#!/usr/bin/env node
// Starts the real backend. See README.md.
import { Control } from "./lib/control.mjs";
import { runCommand } from "./lib/exec.mjs";
import { ensureInstalled, medusaVersion } from "./lib/install.mjs";
import { Instance } from "./lib/instance.mjs";
import { watchCaller } from "./lib/lifeline.mjs";
import { say, seconds } from "./lib/log.mjs";
import { COOKIE_SECRET, JWT_SECRET } from "./lib/medusa.mjs";
import { parse, USAGE, UsageError } from "./lib/options.mjs";
import { summary } from "./lib/summary.mjs";
import { ensureTemplate } from "./lib/template.mjs";

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

let instance = null; // the instance to stop: the one that builds the template, then the one that serves
let control = null;
let command = null;
let stopping = null;

function stop(exitCode) {
  stopping ??= (async () => {
    control?.close();
    await instance?.stop();
    process.exit(exitCode);
  })();
  return stopping;
}

function fail(error) {
  if (stopping) return; // a start that was interrupted fails
  say(error.message);
  stop(1);
}

async function start({ port, settings }) {
  const since = Date.now();
  const template = await ensureTemplate((building) => (instance = building));
  instance = await Instance.open({ password: template.password });
  await instance.postgres.copyFrom(template.dataDir);
  await instance.startPostgres();
  const medusa = instance.useMedusa({ port, onCrash: (why) => fail(new Error(`Medusa ended by itself: ${why}\n${medusa.log()}`)) });
  await medusa.start(settings);
  control = new Control(instance, settings);
  const controlUrl = await control.listen();
  say(`ready in ${seconds(since)}`);
  return {
    version: await medusaVersion(),
    url: medusa.url,
    databaseUrl: instance.postgres.url(),
    controlUrl,
    passwordTokenUrl: `${controlUrl}/password-tokens`,
    jwtSecret: JWT_SECRET,
    cookieSecret: COOKIE_SECRET,
    settings,
    ...template.seeded,
  };
}

async function main() {
  const options = parse(process.argv.slice(2));
  if (options.help) return console.log(USAGE);

  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      // A Ctrl-C reaches the command too. When the command has ended, the backend stops.
      if (!command) stop(options.mode === "human" && signal === "SIGINT" ? 0 : code);
      else if (signal !== "SIGINT") command.kill(signal);
    });
  }
  if (options.mode === "json") watchCaller((why) => stop(0, why), { stdin: true });
  if (options.mode === "exec") watchCaller(() => (command?.kill("SIGTERM"), stop(1)), { stdin: false });

  await ensureInstalled();
  if (options.mode === "prepare") {
    await ensureTemplate((building) => (instance = building));
    return;
  }

  const info = await start(options);
  if (options.mode === "human") say(summary(info));
  if (options.mode === "json") process.stdout.write(`${JSON.stringify(info)}\n`);
  if (options.mode === "exec") {
    const running = runCommand(options.command, { BACKEND: info.url, BACKEND_JSON: JSON.stringify(info) });
    command = running.child;
    const code = await running.code;
    command = null;
    await stop(code);
  }
}

main().catch((error) => {
  if (error instanceof UsageError) {
    say(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
  fail(error);
});
