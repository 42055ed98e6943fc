/* Reads a QR code by the camera into a box, and presses the form's button as if the text had been typed.
   The browser's own reader does it where there is one; the portal's is loaded at the first press of any other
   browser (Safari, Firefox, Chrome on Windows and Linux). What needs a camera stays hidden without one. */
(() => {
  "use strict";
  const dialog = document.querySelector("[data-camera-box]");
  /* A page that did not come by HTTPS has no mediaDevices. */
  if (!dialog || !dialog.showModal || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return;

  const video = dialog.querySelector("video");
  const status = dialog.querySelector("[role=status]");
  const PAUSE = 200; /* milliseconds between two looks */
  /* A card's code has 45 squares or more a side, and one slightly out of focus is read at four pixels a square: it
     has to fill a third of a picture of 640 pixels, a sixth of one of 1280. */
  const CAMERA = { video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } } };
  const QR = { formats: ["qr_code"] };
  let stream = null;
  let detector = null;
  let tries = 0;
  let press = 0; /* number of the press that is answered; what an earlier one still waits for comes to nothing */

  const stop = () => {
    press += 1;
    if (stream) for (const track of stream.getTracks()) track.stop();
    stream = null;
    video.srcObject = null;
  };
  dialog.addEventListener("close", stop);

  const refuse = (why) => {
    stop();
    video.hidden = true;
    status.textContent = dialog.dataset[why];
  };

  const ofBrowser = async () => {
    if (!("BarcodeDetector" in window)) return null;
    const formats = await window.BarcodeDetector.getSupportedFormats();
    return formats.includes("qr_code") ? new window.BarcodeDetector(QR) : null;
  };

  const ofPortal = async () => {
    /* Safari and Firefox remember that an address did not load: each try has another one. */
    const { BarcodeDetector } = await import(`${dialog.dataset.reader}#${++tries}`);
    const reader = new BarcodeDetector(QR);
    reader.isOfPortal = true;
    return reader;
  };

  const find = async () => {
    try {
      return await detector.detect(video);
    } catch {
      /* Some phones have a reader in name only, which refuses every picture. */
      if (!detector.isOfPortal && video.readyState >= 2) detector = await ofPortal();
      return [];
    }
  };

  const look = async (box, isWanted) => {
    let codes = await find();
    while (isWanted() && !codes.length) {
      await new Promise((done) => setTimeout(done, PAUSE));
      if (isWanted()) codes = await find();
    }
    if (!isWanted()) return;
    stop();
    dialog.close();
    box.value = codes[0].rawValue;
    const { form } = box;
    (form.querySelector("button[name=fill]") || form.querySelector("button:not([type=button])")).click();
  };

  const open = async (isWanted) => {
    const opened = await navigator.mediaDevices.getUserMedia(CAMERA);
    if (!isWanted()) {
      for (const track of opened.getTracks()) track.stop();
      return;
    }
    stream = opened;
    video.srcObject = stream;
    await video.play();
  };

  const scan = async (box) => {
    stop();
    const mine = press;
    const isWanted = () => press === mine;
    status.textContent = "";
    video.hidden = false;
    dialog.showModal();
    try {
      await open(isWanted);
    } catch (error) {
      if (isWanted()) refuse(error.name === "NotAllowedError" ? "refused" : "absent");
      return;
    }
    try {
      detector = detector || (await ofBrowser().catch(() => null)) || (await ofPortal());
      if (isWanted()) await look(box, isWanted);
    } catch {
      if (isWanted()) refuse("unread");
    }
  };

  for (const one of document.querySelectorAll("[data-with-camera]")) one.hidden = false;
  for (const button of document.querySelectorAll("[data-camera]"))
    button.addEventListener("click", () => scan(document.getElementById(button.dataset.camera)));
})();
