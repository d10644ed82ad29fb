import fs from "node:fs";
import path from "node:path";

// Returns an environment in which Medusa sends no telemetry. Medusa sends it on every exit and stores what it could not send in
// the user's configuration directory, which grew by gigabytes. MEDUSA_DISABLE_TELEMETRY stops new events, but not the
// sender, so Medusa gets a configuration directory of its own in which telemetry is disabled.
export function withoutTelemetry(runDir) {
  const configHome = path.join(runDir, "config");
  fs.mkdirSync(path.join(configHome, "medusa"), { recursive: true });
  fs.writeFileSync(path.join(configHome, "medusa", "config.json"), JSON.stringify({ telemetry: { enabled: false } }));
  return { MEDUSA_DISABLE_TELEMETRY: "true", XDG_CONFIG_HOME: configHome };
}
