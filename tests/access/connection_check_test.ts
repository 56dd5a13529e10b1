import { X509Certificate } from "node:crypto";
import { assertEquals } from "@std/assert";
import { type CheckedSocket, ConnectionCheck } from "../../access/connection_check.ts";
import { parseWebConfig } from "../../access/web_config.ts";
import { Certificates } from "../support/certificates.ts";
import { StoppedDate } from "../support/stopped_date.ts";

Deno.test({
  name: "ConnectionCheck.problem() refuses resumed sessions once the certificate has expired",
  ignore: !Certificates.isAvailable,
  fn: () => {
    using certificates = new Certificates();
    const raw = new X509Certificate(certificates.selfSigned("a", "DNS:a.test").cert).raw;
    const socket = (isReused: boolean) => ({
      authorized: true,
      getCipher: () => ({ standardName: "TLS_AES_128_GCM_SHA256", version: "TLSv1.3" }),
      getPeerCertificate: () => ({ raw, fingerprint256: "00:01" }),
      isSessionReused: () => isReused,
    } as unknown as CheckedSocket);
    const config = parseWebConfig({
      tls_server_config: { cert: "PEM", key: "PEM", client_auth_type: "VerifyClientCertIfGiven" },
    });
    const check = new ConnectionCheck(config.tls!);
    assertEquals(check.problem(socket(true)), "client certificate is not trusted");
    assertEquals(check.problem(socket(false)), undefined);
    assertEquals(check.problem(socket(true)), undefined);
    using _date = new StoppedDate(Date.now() / 1000 + 31 * 86400);
    assertEquals(check.problem(socket(true)), "client certificate is not trusted");
  },
});
