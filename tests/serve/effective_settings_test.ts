import { assert, assertEquals, assertFalse } from "@std/assert";
import { openAccess } from "../../access/access.ts";
import { effectiveSettings } from "../../serve/effective_settings.ts";
import { Settings, type SettingsInit } from "../../serve/settings.ts";

async function settingsOf(toml: string, options: SettingsInit = {}): Promise<Settings> {
  const path = await Deno.makeTempFile({ suffix: ".toml" });
  await Deno.writeTextFile(path, toml);
  const settings = new Settings({ configFile: path, ...options });
  settings.file.read();
  await Deno.remove(path);
  return settings;
}

async function effective(toml: string, options: SettingsInit = {}): Promise<string[]> {
  return effectiveSettings(await settingsOf(toml, options), openAccess(), [
    new URL("http://[::1]:99/"),
  ])
    .map(({ key, value, from }) => `${key} = ${value} (${from})`);
}

Deno.test("effectiveSettings() tells values and where they come from", async () => {
  const settings = await effective(
    'listen_port = 99\ncache_life = 30\nname = "doors"\nmax_samples = 5',
    {
      name: "code",
      defaults: { logLevel: "debug" },
    },
  );
  for (
    const line of [
      "name = code (code)",
      "listening on = http://[::1]:99/ (file)",
      "cache_life = 30 (file)",
      "log_level = debug (code)",
      "log_format = text (default)",
      "status_page = auto (default)",
      "max_samples = 5 (file)",
      "max_timeout = 120 (default)",
      "authentication = none (default)",
      "TLS = off (default)",
    ]
  ) assert(settings.includes(line), line);
});

Deno.test("effectiveSettings() tells where labels come from", async () => {
  const settings = await effective('[labels]\nsite = "north"\nfloor = "1"', {
    labels: { floor: "2" },
  });
  assertEquals(settings.filter((line) => line.startsWith("labels.")), [
    "labels.site = north (file)",
    "labels.floor = 2 (code)",
  ]);
});

Deno.test("effectiveSettings() has only the names of the program's own keys", async () => {
  const settings = await effective('dsn = "postgres://secret"', { configKeys: ["dsn"] });
  assert(settings.includes("dsn = (read by the program) (file)"));
  assertFalse(settings.join().includes("secret"));
});

Deno.test("effectiveSettings() has only the names of collectors", async () => {
  const settings = await effective('[collectors.disk]\nurl = "http://host/?token=secret"');
  assert(settings.includes("collectors = disk (file)"));
  assertFalse(settings.join().includes("secret"));
});

Deno.test("effectiveSettings() has no values of the access control", async () => {
  const settings = await settingsOf("");
  const access = openAccess();
  const config = {
    ...access.config,
    users: new Map([["admin", access.config.bearerTokenHashes[0]!]]),
    keys: ["basic_auth_users"],
  };
  const described = effectiveSettings(settings, { ...access, config, files: [] } as never, []);
  assertEquals(described.find(({ key }) => key === "authentication"), {
    ...{ key: "authentication", value: "1 password", from: "file" },
  });
  assertFalse(JSON.stringify(described).includes("admin"));
});
