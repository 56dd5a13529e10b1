import { createPrivateKey } from "node:crypto";
import { Agent, createServer, request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { assert, assertEquals } from "@std/assert";
import { loadAccess } from "../../access/access.ts";
import { ConnectionCheck } from "../../access/connection_check.ts";
import { replaceTls, tlsProblems } from "../../access/tls.ts";
import { parseWebConfig } from "../../access/web_config.ts";
import { type Certificate, Certificates } from "../support/certificates.ts";

const ignore = !Certificates.isAvailable;

/** A server with the settings of a web configuration. */
class TestServer implements AsyncDisposable {
  readonly refusals: string[] = [];
  handled = 0;
  #check!: ConnectionCheck;
  #server!: Server;

  static async start(settings: Record<string, unknown>): Promise<TestServer> {
    const server = new TestServer();
    const options = await server.#load(settings);
    server.#server = createServer({ ...options }, (_, response) => {
      server.handled++;
      response.end("metrics\n");
    });
    server.#server.on("secureConnection", (socket: TLSSocket) => {
      const problem = server.#check.problem(socket);
      if (problem === undefined) return;
      server.refusals.push(problem);
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  async replace(settings: Record<string, unknown>): Promise<void> {
    replaceTls(this.#server, await this.#load(settings));
  }

  /** Sends a request. Returns its result, or `refused` if there is no response. */
  get(
    options: ConnectionOptions & { agent?: Agent } = {},
  ): Promise<{ text: string; peer: string }> {
    const { port } = this.#server.address() as AddressInfo;
    return new Promise((resolve) => {
      const refused = () => resolve({ text: "refused", peer: "" });
      request({
        agent: new Agent(),
        ...options,
        host: "127.0.0.1",
        port,
        servername: "localhost",
        rejectUnauthorized: false,
      }, (response) => {
        const socket = response.socket as TLSSocket;
        const peer = String(socket.getPeerCertificate()?.subject?.CN);
        response.on("data", (data) => resolve({ text: String(data).trim(), peer }));
        response.on("error", refused);
      }).on("error", refused).end();
    });
  }

  /** The same as {@linkcode get}, with the client of OpenSSL. */
  async getWithOpenssl(args: readonly string[]): Promise<string> {
    const { port } = this.#server.address() as AddressInfo;
    const child = new Deno.Command("openssl", {
      args: ["s_client", "-connect", `127.0.0.1:${port}`, "-quiet", ...args],
      ...{ stdin: "piped", stdout: "piped", stderr: "null" },
    }).spawn();
    const output = child.output();
    const input = child.stdin.getWriter();
    await input.write(
      new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
    );
    const { stdout } = await output;
    await input.close().catch(() => {});
    return new TextDecoder().decode(stdout).trim().split("\n").at(-1) || "refused";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #load(settings: Record<string, unknown>) {
    const config = parseWebConfig({ tls_server_config: settings });
    this.#check = new ConnectionCheck(config.tls!);
    return (await loadAccess(config)).tlsOptions!;
  }
}

interface Pki extends Disposable {
  readonly ca: Certificate;
  readonly server: Certificate;
  readonly client: Certificate;
  readonly stranger: Certificate;
  readonly certificates: Certificates;
}

function createPki(): Pki {
  const certificates = new Certificates();
  const ca = certificates.selfSigned("authority");
  return {
    certificates,
    ca,
    server: certificates.signed(ca, "first", "DNS:localhost"),
    client: certificates.signed(ca, "client", "DNS:scraper.test"),
    stranger: certificates.selfSigned("stranger", "DNS:scraper.test"),
    [Symbol.dispose]: () => certificates[Symbol.dispose](),
  };
}

const own = ({ certFile, keyFile }: Certificate) => ({ cert_file: certFile, key_file: keyFile });
const presenting = ({ cert, key }: Certificate) => ({ cert, key });

Deno.test({
  name: "TLS 1.2 and 1.3 are accepted, unless min_version or max_version exclude one",
  ignore,
  fn: async () => {
    using pki = createPki();
    const results: Record<string, string[]> = {};
    for (const versions of [{}, { min_version: "TLS13" }, { max_version: "TLS12" }]) {
      await using server = await TestServer.start({ ...own(pki.server), ...versions });
      results[JSON.stringify(versions)] = [
        (await server.get({ maxVersion: "TLSv1.2" })).text,
        (await server.get({ minVersion: "TLSv1.3" })).text,
      ];
    }
    assertEquals(results, {
      "{}": ["metrics", "metrics"],
      '{"min_version":"TLS13"}': ["refused", "metrics"],
      '{"max_version":"TLS12"}': ["metrics", "refused"],
    });
  },
});

for (
  const [type, without, trusted, untrusted] of [
    ["NoClientCert", "metrics", "metrics", "metrics"],
    ["RequestClientCert", "metrics", "metrics", "metrics"],
    ["RequireAnyClientCert", "refused", "metrics", "metrics"],
    ["VerifyClientCertIfGiven", "metrics", "metrics", "refused"],
    ["RequireAndVerifyClientCert", "refused", "metrics", "refused"],
  ] as const
) {
  Deno.test({
    name: `client_auth_type ${type} treats client certificates as in Go`,
    ignore,
    fn: async () => {
      using pki = createPki();
      await using server = await TestServer.start({
        ...own(pki.server),
        client_auth_type: type,
        ...(type !== "NoClientCert" && { client_ca_file: pki.ca.certFile }),
      });
      for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
        const versions = { minVersion: version, maxVersion: version };
        const answers = [
          await server.get(versions),
          await server.get({ ...versions, ...presenting(pki.client) }),
          await server.get({ ...versions, ...presenting(pki.stranger) }),
        ];
        assertEquals(answers.map(({ text }) => text), [without, trusted, untrusted], version);
      }
      const good = [without, trusted, untrusted].filter((text) => text === "metrics").length;
      assertEquals(server.handled, 2 * good);
    },
  });
}

Deno.test({
  name: "a certificate that is not for clients, or has expired, is not trusted",
  ignore,
  fn: async () => {
    using pki = createPki();
    const { certificates, ca } = pki;
    const forServers = certificates.signed(ca, "a", "DNS:a.test", { usage: "serverAuth" });
    const expired = certificates.signed(ca, "b", "DNS:b.test", { days: -1 });
    for (const type of ["VerifyClientCertIfGiven", "RequireAndVerifyClientCert"]) {
      await using server = await TestServer.start({
        ...own(pki.server),
        client_auth_type: type,
        client_ca: ca.cert,
      });
      assertEquals((await server.get(presenting(pki.client))).text, "metrics");
      assertEquals((await server.get(presenting(forServers))).text, "refused");
      assertEquals((await server.get(presenting(expired))).text, "refused");
    }
  },
});

/** Returns a private key that OpenSSL takes for that of the victim, by its public part, but that signs like the other one. */
function forgedKey(victim: string, signer: string): string {
  const [pub, key] = [victim, signer].map((pem) =>
    createPrivateKey(pem).export({ type: "sec1", format: "der" })
  );
  const pointLength = 65;
  key!.set(pub!.subarray(-pointLength), key!.length - pointLength);
  return `-----BEGIN EC PRIVATE KEY-----\n${
    key!.toString("base64").replaceAll(/.{64}/g, "$&\n")
  }\n-----END EC PRIVATE KEY-----\n`;
}

for (const type of ["VerifyClientCertIfGiven", "RequireAndVerifyClientCert"]) {
  Deno.test({
    name: `client_auth_type ${type} refuses the certificate of somebody else`,
    ignore,
    fn: async () => {
      using pki = createPki();
      const { certificates, client, ca } = pki;
      const keyFile = `${certificates.folder}/forged.key`;
      await Deno.writeTextFile(keyFile, forgedKey(client.key, pki.stranger.key));
      await using server = await TestServer.start({
        ...own(pki.server),
        client_auth_type: type,
        client_ca_file: ca.certFile,
      });
      const statuses: string[] = [];
      for (const version of ["-tls1_2", "-tls1_3"]) {
        for (const key of [client.keyFile, keyFile]) {
          const args = ["-cert", client.certFile, "-key", key, version];
          statuses.push(await server.getWithOpenssl(args));
        }
      }
      assertEquals(statuses, ["metrics", "refused", "metrics", "refused"]);
      assertEquals(server.handled, 2);
    },
  });
}

Deno.test({
  name: "a resumed session is trusted only with a certificate that was verified before",
  ignore,
  fn: async () => {
    using pki = createPki();
    const { certificates, client, stranger, ca } = pki;
    const settings = { ...own(pki.server), client_ca_file: ca.certFile };
    const verifying = { ...settings, client_auth_type: "VerifyClientCertIfGiven" };
    const otherCa = { ...verifying, client_ca_file: stranger.certFile };
    const asking = { ...own(pki.server), client_auth_type: "RequestClientCert" };
    for (const version of ["-tls1_2", "-tls1_3"]) {
      const session = (name: string) => `${certificates.folder}/${name}${version}`;
      await using server = await TestServer.start(verifying);
      const begin = (name: string, { certFile, keyFile }: Certificate) =>
        server.getWithOpenssl([
          ...[version, "-cert", certFile, "-key", keyFile, "-sess_out", session(name)],
        ]);
      const resume = (name: string) => server.getWithOpenssl([version, "-sess_in", session(name)]);
      assertEquals(await begin("trusted", client), "metrics");
      assertEquals(await resume("trusted"), "metrics");
      await server.replace(asking);
      assertEquals(await begin("untrusted", stranger), "metrics");
      await server.replace(verifying);
      assertEquals(await resume("untrusted"), "refused");
      await server.replace({ ...verifying, client_auth_type: "RequireAndVerifyClientCert" });
      assertEquals(await resume("untrusted"), "refused");
      assertEquals(await begin("trusted", client), "metrics");
      await server.replace(otherCa);
      assertEquals(await resume("trusted"), "refused");
    }
  },
});

Deno.test({
  name: "client_allowed_sans requires one of the names exactly",
  ignore,
  fn: async () => {
    using pki = createPki();
    const { certificates, ca } = pki;
    const many = certificates.signed(
      ca,
      "many",
      "DNS:other.test,IP:10.0.0.1,IP:2001:db8:0:0:0:0:0:1,URI:spiffe://test/scraper,email:a@b.test",
    );
    const wildcard = certificates.signed(ca, "wildcard", "DNS:*.test");
    const trick = certificates.signed(ca, "trick", "@names\n[names]\nURI.1=x, DNS:scraper.test");
    const settings = {
      ...own(pki.server),
      client_auth_type: "RequireAndVerifyClientCert",
      client_ca_file: ca.certFile,
    };
    await using server = await TestServer.start(settings);
    async function answers(name: string): Promise<string[]> {
      await server.replace({ ...settings, client_allowed_sans: [name] });
      const clients = [pki.client, many, wildcard, trick];
      return await Promise.all(
        clients.map(async (client) => (await server.get(presenting(client))).text),
      );
    }
    assertEquals(await answers("scraper.test"), ["metrics", "refused", "refused", "refused"]);
    const names = ["other.test", "10.0.0.1", "2001:db8::1", "spiffe://test/scraper", "a@b.test"];
    for (const name of names) {
      assertEquals(await answers(name), ["refused", "metrics", "refused", "refused"], name);
    }
    assertEquals(await answers("*.test"), ["refused", "refused", "metrics", "refused"]);
    assertEquals(await answers("many"), ["refused", "refused", "refused", "refused"]);
    assert(server.refusals.includes("client certificate has no name in client_allowed_sans"));
  },
});

Deno.test({
  name: "cipher_suites closes TLS 1.2 connections with others before a request is handled",
  ignore,
  fn: async () => {
    using pki = createPki();
    await using server = await TestServer.start({
      ...own(pki.server),
      cipher_suites: [
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      ],
    });
    assertEquals((await server.get({ maxVersion: "TLSv1.2" })).text, "refused");
    assertEquals(server.handled, 0);
    assertEquals(server.refusals, [
      "cipher suite TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 is not in cipher_suites",
    ]);
    assertEquals((await server.get()).text, "metrics");
  },
});

Deno.test({
  name: "replaceTls() changes certificates and policies while open connections go on",
  ignore,
  fn: async () => {
    using pki = createPki();
    const { certificates, ca } = pki;
    const second = certificates.signed(ca, "second", "DNS:localhost");
    await using server = await TestServer.start(own(pki.server));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      assertEquals(await server.get({ agent }), { text: "metrics", peer: "first" });
      await server.replace(own(second));
      assertEquals(await server.get({ agent }), { text: "metrics", peer: "first" });
      assertEquals(await server.get(), { text: "metrics", peer: "second" });
      await server.replace({
        ...own(second),
        client_auth_type: "RequireAndVerifyClientCert",
        client_ca_file: ca.certFile,
      });
      assertEquals(await server.get({ agent }), { text: "metrics", peer: "first" });
      assertEquals((await server.get()).text, "refused");
      assertEquals((await server.get(presenting(pki.client))).text, "metrics");
      await server.replace(own(pki.server));
      assertEquals(await server.get(), { text: "metrics", peer: "first" });
    } finally {
      agent.destroy();
    }
  },
});

Deno.test({
  name: "tlsProblems() finds certificates and keys that cannot be used",
  ignore,
  fn: () => {
    using pki = createPki();
    const { server: { cert, key }, client } = pki;
    assertEquals(tlsProblems({ cert, key, clientCa: pki.ca.cert }), []);
    assertEquals(tlsProblems({ cert: `text before\n${cert}${pki.ca.cert}`, key }), []);
    assertEquals(tlsProblems({ cert, key: client.key }), [
      { part: "key", message: "does not belong to the certificate" },
    ]);
    assertEquals(tlsProblems({ cert: key, key: cert, clientCa: "" }), [
      { part: "cert", message: "expected certificates in PEM format" },
      { part: "key", message: "expected a private key in PEM format that is not encrypted" },
      { part: "clientCa", message: "expected certificates in PEM format" },
    ]);
  },
});
