//! Two notes, made rather than loaded. A browser that has not been touched yet plays nothing.

let context: AudioContext | undefined;

export function chime(): void {
  try {
    context ??= new AudioContext();
    for (const [at, pitch] of [
      [0, 880],
      [0.14, 1174.7],
    ] as const) {
      const [note, loudness] = [context.createOscillator(), context.createGain()];
      note.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.0001, context.currentTime + at);
      loudness.gain.exponentialRampToValueAtTime(0.25, context.currentTime + at + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + at + 0.35);
      note.connect(loudness).connect(context.destination);
      note.start(context.currentTime + at);
      note.stop(context.currentTime + at + 0.4);
    }
  } catch {
    // No sound on this device: the board shows it anyway.
  }
}
