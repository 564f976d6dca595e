package screen

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// software says who draws in place of a GPU here; "" where a GPU does, or where it
// cannot be known. Without a device of the kernel's there is none; with one, EGL,
// through which the engine draws, is asked on the display the window will be on.
func software(getenv func(string) string) string {
	if !device() {
		return "no GPU here"
	}
	if v := getenv("LIBGL_ALWAYS_SOFTWARE"); v == "1" || strings.EqualFold(v, "true") {
		return "LIBGL_ALWAYS_SOFTWARE is set"
	}
	name, err := glRenderer()
	if err != nil || !softwareName(name) {
		return ""
	}
	return name
}

// device reports whether the kernel knows a graphics device.
func device() bool {
	for _, glob := range []string{"/dev/dri/card*", "/dev/dri/render*", "/dev/nvidia[0-9]*", "/dev/nvhost*", "/dev/mali*", "/dev/kgsl*", "/dev/dxg"} {
		if found, _ := filepath.Glob(glob); len(found) > 0 {
			return true
		}
	}
	return false
}

// softwareName reports whether a GL_RENDERER draws with the processor.
func softwareName(renderer string) bool {
	for _, s := range []string{"llvmpipe", "softpipe", "swrast", "software", "swiftshader"} {
		if strings.Contains(strings.ToLower(renderer), s) {
			return true
		}
	}
	return false
}

// egl holds the functions of libEGL.so.1 this package calls (EGL 1.4).
type egl struct {
	getDisplay     func(native uintptr) uintptr
	initialize     func(display uintptr, major, minor *int32) uint32
	bindAPI        func(api uint32) uint32
	chooseConfig   func(display uintptr, attributes *int32, configs *uintptr, size int32, n *int32) uint32
	createPbuffer  func(display, config uintptr, attributes *int32) uintptr
	createContext  func(display, config, share uintptr, attributes *int32) uintptr
	makeCurrent    func(display, draw, read, context uintptr) uint32
	destroyContext func(display, context uintptr) uint32
	destroySurface func(display, surface uintptr) uint32
	getString      func(name uint32) unsafe.Pointer // of libGLESv2.so.2
}

func loadEGL() (lib *egl, err error) {
	defer func() { // RegisterLibFunc panics when a symbol is missing
		if r := recover(); r != nil {
			lib, err = nil, fmt.Errorf("bind libEGL: %v", r)
		}
	}()
	handle, err := purego.Dlopen("libEGL.so.1", purego.RTLD_LAZY|purego.RTLD_GLOBAL)
	if err != nil {
		return nil, fmt.Errorf("load libEGL: %w", err)
	}
	es, err := purego.Dlopen("libGLESv2.so.2", purego.RTLD_LAZY|purego.RTLD_GLOBAL)
	if err != nil {
		return nil, fmt.Errorf("load libGLESv2: %w", err)
	}
	lib = &egl{}
	for name, fn := range map[string]any{
		"eglGetDisplay": &lib.getDisplay, "eglInitialize": &lib.initialize, "eglBindAPI": &lib.bindAPI,
		"eglChooseConfig": &lib.chooseConfig, "eglCreatePbufferSurface": &lib.createPbuffer, "eglCreateContext": &lib.createContext,
		"eglMakeCurrent": &lib.makeCurrent, "eglDestroyContext": &lib.destroyContext, "eglDestroySurface": &lib.destroySurface,
	} {
		purego.RegisterLibFunc(fn, handle, name)
	}
	purego.RegisterLibFunc(&lib.getString, es, "glGetString")
	return lib, nil
}

// glRenderer is the GL_RENDERER of a context of one pixel on the default display. The
// display itself is not given back: libEGL has one of it in a process, and the engine
// may have it too.
func glRenderer() (string, error) {
	lib, err := loadEGL()
	if err != nil {
		return "", err
	}
	runtime.LockOSThread() // a context is a thread's
	defer runtime.UnlockOSThread()
	const openGLES, es2, pbuffer, none = 0x30A0, 4, 1, 0x3038
	display := lib.getDisplay(0)
	if display == 0 || lib.initialize(display, nil, nil) == 0 || lib.bindAPI(openGLES) == 0 {
		return "", fmt.Errorf("EGL has no display")
	}
	var config uintptr
	var n int32
	lib.chooseConfig(display, &[]int32{0x3040, es2, 0x3033, pbuffer, none}[0], &config, 1, &n)
	if n < 1 {
		return "", fmt.Errorf("EGL has no configuration")
	}
	surface := lib.createPbuffer(display, config, &[]int32{0x3057, 1, 0x3056, 1, none}[0])
	defer lib.destroySurface(display, surface)
	context := lib.createContext(display, config, 0, &[]int32{0x3098, 2, none}[0])
	defer lib.destroyContext(display, context)
	if context == 0 || lib.makeCurrent(display, surface, surface, context) == 0 {
		return "", fmt.Errorf("EGL has no context")
	}
	defer lib.makeCurrent(display, 0, 0, 0)
	const glRendererName = 0x1F01
	return text(lib.getString(glRendererName)), nil
}

// text is a string of C, at most 256 bytes of it.
func text(p unsafe.Pointer) string {
	if p == nil {
		return ""
	}
	b := []byte{}
	for i := range 256 {
		c := *(*byte)(unsafe.Add(p, i))
		if c == 0 {
			break
		}
		b = append(b, c)
	}
	return string(b)
}
