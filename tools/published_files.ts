/**
 * The files that `deno publish` would publish.
 *
 * @module
 */

/**
 * Lists the files of a package as paths relative to its folder, sorted. Stand-ins for dependencies are used from elsewhere: within
 * the package's folder, publishing takes them for modules of the package.
 *
 * @param root The folder of the package.
 * @throws {Error} If the package cannot be published.
 */
export async function publishedFiles(root: URL): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    const registry = Deno.env.get("JSR_URL");
    const isStandIn = registry?.startsWith("file:") ?? false;
    const copy = new URL(`file://${folder}/`);
    if (isStandIn) await copyFolder(new URL("offline/jsr/", root), copy);
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["publish", "--dry-run", "--allow-dirty"],
      cwd: root,
      env: { NO_COLOR: "1", ...(isStandIn && { JSR_URL: copy.href }) },
    }).output();
    const output = new TextDecoder().decode(stderr);
    const [, list] = output.split("with files:");
    if (code !== 0 || list === undefined) {
      throw new Error(`Cannot list the files to publish:\n${output}`);
    }
    return Array.from(
      list.matchAll(/^ +(file:\S+) /gm),
      ([, url = ""]) => decodeURIComponent(url.slice(root.href.length)),
    ).sort();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function copyFolder(from: URL, to: URL): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(new URL(`${name}/`, from), new URL(`${name}/`, to));
    else await Deno.copyFile(new URL(name, from), new URL(name, to));
  }
}
