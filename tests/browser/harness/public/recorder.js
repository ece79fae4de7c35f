// Hands every block that it hears to the page, with the frame at which it began.
class Recorder extends AudioWorkletProcessor {
  process([input]) {
    this.port.postMessage({ frame: currentFrame, samples: input[0]?.slice() ?? new Float32Array(128) });
    return true;
  }
}
registerProcessor('recorder', Recorder);
