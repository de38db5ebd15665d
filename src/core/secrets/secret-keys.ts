/** Words that make the value of a key a secret: `x-api-key`, `apiKey`, `access_token`. A plural (`max_tokens`) counts something. */
const SECRET_WORDS =
  /(^|_)(authorization|auth|token|password|passwd|pwd|pass|passphrase|secrets?|credentials?|creds?|cookie|signature|sig|apikey)(_|$)/;
const SECRET_PAIRS = /(^|_)(api|access|account|private|signing|subscription)_key(_|$)/;

/** Whether the name of a key, a flag or a variable says that its value is a secret. */
export function isSecretKey(key: string): boolean {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
  return SECRET_WORDS.test(words) || SECRET_PAIRS.test(words);
}

/** Whether a variable of the environment or of `--set` is a secret by its name: `OPENAI_KEY`, too. */
export function isSecretVariable(name: string): boolean {
  return isSecretKey(name) || /(^|[_.-])key$/i.test(name);
}
