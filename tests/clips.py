"""Sounds and films made by the tests themselves, encoded as shops and shoppers send them."""

import io
import wave
from fractions import Fraction

import av
import numpy as np

COLOURS = {"red": (220, 30, 30), "green": (30, 160, 60), "blue": (40, 80, 220)}


def tone(seconds=1.0, rate=16_000, loudness=0.5, pitch=440.0):
    return (loudness * np.sin(2 * np.pi * pitch * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def wav(samples, rate=16_000, channels=1):
    """16-bit WAV; samples (n,) or (n, channels)."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return held.getvalue()


def encoded(samples, form, codec, rate=48_000):
    """Mono sound in any container."""
    held = io.BytesIO()
    with av.open(held, "w", format=form) as file:
        stream = file.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts = rate, 0
        for part in av.AudioResampler(format=stream.format, layout="mono", rate=rate, frame_size=1024).resample(frame):
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return held.getvalue()


def film(colours, seconds=2.0, rate=10, size=(96, 64), sound=None):
    """An MP4 that shows one colour after the other, each for so long; ``sound`` mono at 48 kHz beside it."""
    held = io.BytesIO()
    with av.open(held, "w", format="mp4") as file:
        stream = file.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        track = file.add_stream("aac", rate=48_000, layout="mono") if sound is not None else None
        for n, colour in enumerate(colour for colour in colours for _ in range(round(seconds * rate))):
            pixels = np.full((size[1], size[0], 3), COLOURS[colour], np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = n, Fraction(1, rate)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
        if track is not None:
            frame = av.AudioFrame.from_ndarray(sound[None].astype(np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 48_000, 0
            for part in av.AudioResampler(format="fltp", layout="mono", rate=48_000, frame_size=1024).resample(frame):
                file.mux(track.encode(part))
            file.mux(track.encode(None))
    return held.getvalue()
