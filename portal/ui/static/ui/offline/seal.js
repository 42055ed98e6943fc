/* Two ways to encrypt. To the portal: entries, which nobody at the device can read afterwards. With the key of this
   sign-in: lists and labels, which can be read here until it ends. repatriation/offline/sealing.py is the other side. */
(() => {
  "use strict";
  const root = (self.PortalOffline = self.PortalOffline || {});
  const INFO = new TextEncoder().encode("portal offline entry 1");
  const COOKIE = "offline_key";

  const toText = (bytes) => {
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const toBytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  };

  /* Seal what an entry says to the portal's public key; `boundTo` is authenticated with it. */
  async function seal(publicKey, content, boundTo) {
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const theirs = await crypto.subtle.importKey("raw", toBytes(publicKey), curve, false, []);
    const own = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
    const point = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
    const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, own.privateKey, 256);
    const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
    const key = await crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: point, info: INFO },
      material,
      { name: "AES-GCM", length: 256 },
      false,
      ["encrypt"],
    );
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const encrypted = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv: nonce, additionalData: new TextEncoder().encode(boundTo) },
      key,
      new TextEncoder().encode(JSON.stringify(content)),
    );
    return toText(joined(point, nonce, new Uint8Array(encrypted)));
  }

  /* The key of this sign-in, or nothing when it has ended. */
  async function sessionKey() {
    const found = document.cookie.match(new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`));
    if (!found) return null;
    return crypto.subtle.importKey("raw", toBytes(found[1]), "AES-GCM", false, ["encrypt", "decrypt"]);
  }

  async function lock(value) {
    const key = await sessionKey();
    if (!key) return null;
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const data = new TextEncoder().encode(JSON.stringify(value));
    return { nonce, data: new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, data)) };
  }

  /* What was locked in this sign-in; nothing for what was locked in another. */
  async function unlock(locked) {
    const key = locked && (await sessionKey());
    if (!key) return null;
    try {
      const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: locked.nonce }, key, locked.data);
      return JSON.parse(new TextDecoder().decode(data));
    } catch {
      return null;
    }
  }

  /* A number as the list has it: letters and digits alone, a phone without its country's code. */
  async function hashed(number, salt) {
    let plain = number.toUpperCase().replace(/[^A-Z0-9]/g, "");
    if (/^\s*(\+|00)84/.test(number)) plain = `0${plain.replace(/^(00)?84/, "")}`;
    const bytes = new TextEncoder();
    const key = await crypto.subtle.importKey("raw", bytes.encode(salt), { name: "HMAC", hash: "SHA-256" }, false, [
      "sign",
    ]);
    const sum = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes.encode(plain)));
    return [...sum.slice(0, 12)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  root.crypto = { seal, lock, unlock, sessionKey, hashed };
})();
