/**
 * Certificates for tests, made with the `openssl` program.
 *
 * @module
 */

/** A certificate with its private key, in files and as text. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** A folder of certificates, removed when the test ends. */
export class Certificates implements Disposable {
  readonly folder: string = Deno.makeTempDirSync();
  #count = 0;

  /** Whether there is the program that makes them. */
  static get isAvailable(): boolean {
    try {
      return new Deno.Command("openssl", { args: ["version"] }).outputSync().success;
    } catch {
      return false;
    }
  }

  /** Makes a certificate that signs itself, of an authority unless told otherwise. */
  selfSigned(name: string, sans?: string): Certificate {
    const id = `${++this.#count}`;
    const extension = sans === undefined
      ? "basicConstraints=critical,CA:TRUE"
      : `subjectAltName=${sans}`;
    this.#openssl([
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-days", "30", "-subj", `/CN=${name}`, "-addext", extension],
      ...["-keyout", `${id}.key`, "-out", `${id}.pem`],
    ]);
    return this.#read(id);
  }

  /** Makes a certificate that an authority signs. The names can end in a section of their own. */
  signed(
    issuer: Certificate,
    name: string,
    sans: string,
    { usage = "serverAuth,clientAuth", days = 30 }: { usage?: string; days?: number } = {},
  ): Certificate {
    const id = `${++this.#count}`;
    Deno.writeTextFileSync(
      `${this.folder}/${id}.ext`,
      `extendedKeyUsage=${usage}\nsubjectAltName=${sans}\n`,
    );
    this.#openssl([
      ...["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-subj", `/CN=${name}`, "-keyout", `${id}.key`, "-out", `${id}.csr`],
    ]);
    this.#openssl([
      ...["x509", "-req", "-in", `${id}.csr`, "-CA", issuer.certFile, "-CAkey", issuer.keyFile],
      ...["-CAcreateserial", "-days", `${days}`, "-extfile", `${id}.ext`, "-out", `${id}.pem`],
    ]);
    return this.#read(id);
  }

  /** Removes the folder. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }

  #read(id: string): Certificate {
    const certFile = `${this.folder}/${id}.pem`;
    const keyFile = `${this.folder}/${id}.key`;
    return {
      ...{ certFile, keyFile },
      cert: Deno.readTextFileSync(certFile),
      key: Deno.readTextFileSync(keyFile),
    };
  }

  #openssl(args: readonly string[]): void {
    const { success, stderr } = new Deno.Command("openssl", { args: [...args], cwd: this.folder })
      .outputSync();
    if (!success) throw new Error(`openssl ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }
}
