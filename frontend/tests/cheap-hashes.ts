import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

const { scrypt } = crypto;

/** Node's own, at a cost of nearly nothing: hashes are half of what tests of accounts would cost. */
function cheap(password: string, salt: string, length: number, options: object, done: () => void) {
  scrypt(password, salt, length, { ...options, N: 2 }, done);
}

crypto.scrypt = cheap as typeof scrypt;
syncBuiltinESMExports();
