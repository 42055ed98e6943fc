/* The card's QR code by the camera, where the browser can read codes. It fills the box into which the text can
   also be pasted, and presses the form's own "fill": without this file the page does the same with more typing. */
(async () => {
  "use strict";
  const dialog = document.querySelector("[data-camera-box]");
  if (!dialog || !dialog.showModal || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const formats = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!formats.includes("qr_code")) return;

  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  const video = dialog.querySelector("video");
  const status = dialog.querySelector("[role=status]");
  const PAUSE = 200; /* milliseconds between two looks */
  let stream = null;

  const stop = () => {
    if (stream) for (const track of stream.getTracks()) track.stop();
    stream = null;
    video.srcObject = null;
  };
  dialog.addEventListener("close", stop);

  const look = async (box) => {
    if (!stream) return;
    const codes = await detector.detect(video).catch(() => []);
    if (!stream) return;
    if (!codes.length) {
      setTimeout(() => look(box), PAUSE);
      return;
    }
    box.value = codes[0].rawValue;
    dialog.close();
    const fill = box.form.querySelector("button[name=fill]");
    if (fill) fill.click();
  };

  const scan = async (box) => {
    status.textContent = "";
    dialog.showModal();
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!dialog.open) {
        for (const track of opened.getTracks()) track.stop();
        return;
      }
      stream = opened;
      video.srcObject = stream;
      await video.play();
      look(box);
    } catch {
      stop();
      status.textContent = dialog.dataset.refused;
    }
  };

  for (const one of document.querySelectorAll("[data-camera]")) {
    const box = document.getElementById(one.dataset.camera);
    if (!box) continue;
    one.hidden = false;
    one.querySelector("button").addEventListener("click", () => scan(box));
  }
})();
