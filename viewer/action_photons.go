package viewer

// Actions that change how pixels become light, beside the window.
const (
	OverlayToggle     Action = "overlay.toggle"     // overlays and shutters of the images' own headers
	ViewInterpolation Action = "view.interpolation" // bilinear, bicubic, nearest in turn
	DitherToggle      Action = "view.dither"        // greys to the screen by an ordered pattern
	PatternToggle     Action = "pattern.toggle"     // a test pattern for the eye

	EnhanceNext    Action = "enhance.next" // sharpened, denoised, equalised, raw in turn
	EnhanceRaw     Action = "enhance.raw"
	EnhanceSharpen Action = "enhance.sharpen"
	EnhanceDenoise Action = "enhance.denoise"
	EnhanceCLAHE   Action = "enhance.clahe"
)
