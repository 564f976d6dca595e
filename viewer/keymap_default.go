package viewer

// Bindings that hold wherever the reader is, also while typing: F-keys and
// control keys only (night.md, "Default keys").
func everywhere(p Place) []Binding {
	return []Binding{
		{Keys: []Key{"f2"}, Place: p, Action: DictationSwap, Help: "dictation on/off", Group: "report"},
		{Keys: []Key{"f3"}, Place: p, Action: FocusSwap, Help: "images ↔ report", Group: "case"},
		{Keys: []Key{"f4"}, Place: p, Action: ReportInsert, Help: "insert measurement", Group: "report"},
		{Keys: []Key{"f5"}, Place: p, Action: CaseAside, Help: "put aside / back", Group: "case"},
		{Keys: []Key{"f6"}, Place: p, Action: CaseNext, Help: "next suggested case", Group: "case"},
		{Keys: []Key{"f8"}, Place: p, Action: ReportTemplate, Help: "template; choices of a field", Group: "report"},
		{Keys: []Key{"f7"}, Place: p, Action: CaseCall, Help: "critical result", Group: "case"},
		{Keys: []Key{"f9"}, Place: p, Action: ReportPull, Help: "prior's report beside; again pulls the section", Group: "report"},
		{Keys: []Key{"ctrl+f"}, Place: p, Action: CallToggle, Help: "telephone: freeze / back", Group: "case"},
		{Keys: []Key{"f12"}, Place: p, Action: ReportSign, Help: "sign sheet", Group: "report"},
		{Keys: []Key{"ctrl+o"}, Place: p, Action: ReportWetRead, Help: "wet read: one line, sent now", Group: "report"},
		{Keys: []Key{"ctrl+g"}, Place: p, Action: ReportGrade, Help: "calculators", Group: "report"},
		{Keys: []Key{"ctrl+r"}, Place: p, Action: ReportLesions, Help: "lesions over time", Group: "report"},
		{Keys: []Key{"ctrl+l"}, Place: p, Action: SessionLock, Help: "blank both", Group: "case"},
		{Keys: []Key{"ctrl+p"}, Place: p, Action: Palette, Help: "palette", Group: "help"},
	}
}

// DefaultList is what the keys do in the list.
func DefaultList() []Binding {
	b := []Binding{
		{Keys: []Key{"enter"}, Action: CaseOpen, Help: "open and claim", Group: "case"},
		{Keys: []Key{"v"}, Action: CaseLook, Help: "look, no claim", Group: "case"},
		{Keys: []Key{"delete"}, Action: CaseGiveBack, Help: "give back", Group: "case"},
		{Keys: []Key{"f5"}, Action: CaseAside, Help: "put aside / back", Group: "case"},
		{Keys: []Key{"f6"}, Action: CaseNext, Help: "next suggested case", Group: "case"},
		{Keys: []Key{"u"}, Action: OutboxShow, Help: "unsent: the outbox", Group: "case"},
		{Keys: []Key{"f7"}, Action: CaseCall, Help: "critical result", Group: "case"},
		{Keys: []Key{"ctrl+f"}, Action: CallToggle, Help: "telephone: freeze / back", Group: "case"},
		{Keys: []Key{"down", "j", "d"}, Action: RowNext, Help: "next row", Group: "list"},
		{Keys: []Key{"up", "k", "s"}, Action: RowPrev, Help: "previous row", Group: "list"},
		{Keys: []Key{"pgdown"}, Action: RowPageDown, Help: "page down", Group: "list"},
		{Keys: []Key{"pgup"}, Action: RowPageUp, Help: "page up", Group: "list"},
		{Keys: []Key{"home"}, Action: RowFirst, Help: "first row", Group: "list"},
		{Keys: []Key{"end"}, Action: RowLast, Help: "last row", Group: "list"},
		{Keys: []Key{"f"}, Action: ListNextView, Help: "next view", Group: "list"},
		{Keys: []Key{"a"}, Action: ListPrevView, Help: "previous view", Group: "list"},
		{Keys: []Key{"o"}, Action: ListSort, Help: "sort by next column", Group: "list"},
		{Keys: []Key{"space"}, Action: ListDetails, Help: "details big/small", Group: "list"},
		{Keys: []Key{"p"}, Action: ListPriors, Help: "prior reports", Group: "list"},
		{Keys: []Key{"R"}, Action: ListRefresh, Help: "refresh", Group: "list"},
		{Keys: []Key{"n"}, Action: MatchNext, Help: "next match", Group: "list"},
		{Keys: []Key{"N"}, Action: MatchPrev, Help: "previous match", Group: "list"},
		{Keys: []Key{"tab"}, Action: PaneNext, Help: "next pane", Group: "list"},
		{Keys: []Key{"shift+tab"}, Action: PanePrev, Help: "previous pane", Group: "list"},
		{Keys: []Key{"/"}, Action: Filter, Help: "filter", Group: "help"},
		{Keys: []Key{":"}, Action: Command, Help: "command", Group: "help"},
		{Keys: []Key{"?"}, Action: Help, Help: "keys", Group: "help"},
		{Keys: []Key{"ctrl+p"}, Action: Palette, Help: "palette", Group: "help"},
		{Keys: []Key{"ctrl+l"}, Action: SessionLock, Help: "blank both", Group: "case"},
		{Keys: []Key{"esc"}, Action: Escape, Help: "clear filter, leave pane", Group: "help"},
	}
	for i := range b {
		b[i].Place = InList
	}
	return b
}

// DefaultImages is what the keys do in the window and on the case page.
func DefaultImages() []Binding {
	b := []Binding{
		{Keys: []Key{"down", "j", "d"}, Action: SliceNext, Help: "next slice", Group: "slices"},
		{Keys: []Key{"up", "k", "s"}, Action: SlicePrev, Help: "previous slice", Group: "slices"},
		{Keys: []Key{"pgdown"}, Action: SliceNext10, Help: "10 slices on; mammogram: part by part at 1:1", Group: "slices"},
		{Keys: []Key{"pgup"}, Action: SlicePrev10, Help: "10 slices back", Group: "slices"},
		{Keys: []Key{"home"}, Action: SliceFirst, Help: "first slice", Group: "slices"},
		{Keys: []Key{"end"}, Action: SliceLast, Help: "last slice", Group: "slices"},
		{Keys: []Key{"*"}, Action: SliceUnseen, Help: "next unseen slice", Group: "slices"},
		{Keys: []Key{"f"}, Action: SeriesNext, Help: "next series", Group: "slices"},
		{Keys: []Key{"a"}, Action: SeriesPrev, Help: "previous series", Group: "slices"},
		{Keys: []Key{"/"}, Action: SeriesFind, Help: "find series: thumbnails", Group: "slices"},
		{Keys: []Key{"c"}, Action: CineToggle, Help: "cine", Group: "slices"},
		{Keys: []Key{"tab"}, Action: TileNext, Help: "next tile", Group: "tiles"},
		{Keys: []Key{"shift+tab"}, Action: TilePrev, Help: "previous tile", Group: "tiles"},
		{Keys: []Key{"space"}, Action: TileOneUp, Help: "one-up and back", Group: "tiles"},
		{Keys: []Key{"l"}, Action: LayoutNext, Help: "next layout", Group: "tiles"},
		{Keys: []Key{"L"}, Action: LayoutPrev, Help: "previous layout", Group: "tiles"},
		{Keys: []Key{"."}, Action: StageNext, Help: "next hanging stage", Group: "tiles"},
		{Keys: []Key{","}, Action: StagePrev, Help: "previous stage", Group: "tiles"},
		{Keys: []Key{"#"}, Action: HangKeep, Help: "keep this layout for such cases", Group: "tiles"},
		{Keys: []Key{"p"}, Action: PriorToggle, Help: "prior beside", Group: "tiles"},
		{Keys: []Key{"x"}, Action: SamePoint, Help: "same point in all tiles", Group: "tiles"},
		{Keys: []Key{"X"}, Action: LinkToggle, Help: "link scroll / set offset", Group: "tiles"},
		{Keys: []Key{"!"}, Action: LinkView, Help: "zoom, pan, window together or apart", Group: "tiles"},
		{Keys: []Key{"W"}, Action: LinesToggle, Help: "reference lines", Group: "tiles"},
		{Keys: []Key{"m"}, Action: MPRToggle, Help: "MPR", Group: "MPR"},
		{Keys: []Key{"M"}, Action: MPRSlab, Help: "slab off/MIP/MinIP/mean", Group: "MPR"},
		{Keys: []Key{")"}, Action: MPRThicker, Help: "slab thicker", Group: "MPR"},
		{Keys: []Key{"("}, Action: MPRThinner, Help: "slab thinner", Group: "MPR"},
		{Keys: []Key{">"}, Action: MPRTurnRight, Help: "turn the other planes 5° right", Group: "MPR"},
		{Keys: []Key{"<"}, Action: MPRTurnLeft, Help: "turn the other planes 5° left", Group: "MPR"},
		{Keys: []Key{"shift+left"}, Action: CrossLeft, Help: "crossing point ←", Group: "MPR"},
		{Keys: []Key{"shift+right"}, Action: CrossRight, Help: "crossing point →", Group: "MPR"},
		{Keys: []Key{"shift+up"}, Action: CrossUp, Help: "crossing point ↑", Group: "MPR"},
		{Keys: []Key{"shift+down"}, Action: CrossDown, Help: "crossing point ↓", Group: "MPR"},
		{Keys: []Key{"F"}, Action: FuseToggle, Help: "PET over CT", Group: "MPR"},
		{Keys: []Key{"%"}, Action: FuseMore, Help: "more PET", Group: "MPR"},
		{Keys: []Key{"&"}, Action: FuseLess, Help: "less PET", Group: "MPR"},
		{Keys: []Key{"1"}, Action: WindowSoft, Help: "soft W 400 L 40", Group: "window/level"},
		{Keys: []Key{"2"}, Action: WindowLung, Help: "lung W 1500 L −600", Group: "window/level"},
		{Keys: []Key{"3"}, Action: WindowBone, Help: "bone W 2000 L 400", Group: "window/level"},
		{Keys: []Key{"4"}, Action: WindowBrain, Help: "brain W 80 L 40", Group: "window/level"},
		{Keys: []Key{"5"}, Action: WindowStroke, Help: "stroke W 40 L 40", Group: "window/level"},
		{Keys: []Key{"6"}, Action: WindowSub, Help: "subdural W 200 L 75", Group: "window/level"},
		{Keys: []Key{"7"}, Action: WindowMedia, Help: "mediastinum W 350 L 50", Group: "window/level"},
		{Keys: []Key{"8"}, Action: WindowLiver, Help: "liver W 150 L 90", Group: "window/level"},
		{Keys: []Key{"9"}, Action: WindowCTA, Help: "CTA W 700 L 200", Group: "window/level"},
		{Keys: []Key{"0"}, Action: WindowOwn, Help: "the image's own windows", Group: "window/level"},
		{Keys: []Key{"w"}, Action: ToolWindow, Help: "window/level by drag and arrows", Group: "window/level"},
		{Keys: []Key{"$"}, Action: EnhanceNext, Help: "sharpen, denoise, CLAHE, raw", Group: "view"},
		{Keys: []Key{"_"}, Action: EnhanceRaw, Help: "back to the raw image", Group: "view"},
		{Keys: []Key{"ctrl+x"}, Action: Subtract, Help: "subtract the run's mask", Group: "angiogram"},
		{Keys: []Key{"ctrl+k"}, Action: MaskHere, Help: "this image as mask", Group: "angiogram"},
		{Keys: []Key{"ctrl+t"}, Action: ToolShift, Help: "shift the mask by arrows", Group: "angiogram"},
		{Keys: []Key{"i"}, Action: ViewInvert, Help: "invert", Group: "window/level"},
		{Keys: []Key{"+", "="}, Action: ViewZoomIn, Help: "zoom in", Group: "view"},
		{Keys: []Key{"-"}, Action: ViewZoomOut, Help: "zoom out", Group: "view"},
		{Keys: []Key{"A"}, Action: ViewOneToOne, Help: "1:1", Group: "view"},
		{Keys: []Key{"h"}, Action: ViewFlipH, Help: "flip left-right", Group: "view"},
		{Keys: []Key{"H"}, Action: ViewFlipV, Help: "flip top-bottom", Group: "view"},
		{Keys: []Key{"o"}, Action: ViewRight, Help: "rotate right", Group: "view"},
		{Keys: []Key{"O"}, Action: ViewLeft, Help: "rotate left", Group: "view"},
		{Keys: []Key{";"}, Action: ViewInterpolation, Help: "bilinear, bicubic, nearest", Group: "view"},
		{Keys: []Key{"R"}, Action: ViewReset, Help: "reset view, fit", Group: "view"},
		{Keys: []Key{"r"}, Action: ToolLength, Help: "ruler", Group: "measure"},
		{Keys: []Key{"b"}, Action: ToolBidirect, Help: "bidirectional: long × short", Group: "measure"},
		{Keys: []Key{"t"}, Action: ToolAngle, Help: "angle", Group: "measure"},
		{Keys: []Key{"T"}, Action: ToolCobb, Help: "Cobb angle", Group: "measure"},
		{Keys: []Key{"e"}, Action: ToolEllipse, Help: "ellipse", Group: "measure"},
		{Keys: []Key{"B"}, Action: ToolRectangle, Help: "rectangle", Group: "measure"},
		{Keys: []Key{"E"}, Action: ToolPolygon, Help: "freehand, polygon", Group: "measure"},
		{Keys: []Key{"q"}, Action: ToolProbe, Help: "probe (hold)", Group: "measure", Hold: true},
		{Keys: []Key{"P"}, Action: ToolArrow, Help: "arrow", Group: "measure"},
		{Keys: []Key{"'"}, Action: ToolText, Help: "text", Group: "measure"},
		{Keys: []Key{"n"}, Action: MarkNext, Help: "next mark", Group: "measure"},
		{Keys: []Key{"N"}, Action: MarkPrev, Help: "previous mark", Group: "measure"},
		{Keys: []Key{"delete"}, Action: MarkDelete, Help: "delete selected mark", Group: "measure"},
		{Keys: []Key{"u", "ctrl+z"}, Action: MarkUndo, Help: "undo", Group: "measure"},
		{Keys: []Key{"U", "ctrl+y"}, Action: MarkRedo, Help: "redo", Group: "measure"},
		{Keys: []Key{"enter"}, Action: MarkHandle, Help: "edit the selected mark: next handle", Group: "measure"},
		{Keys: []Key{"\""}, Action: MarkName, Help: "name the selected mark", Group: "measure"},
		{Keys: []Key{"C"}, Action: MarkCopy, Help: "copy the mark to the next slice", Group: "measure"},
		{Keys: []Key{"v"}, Action: MarkVolume, Help: "ellipsoid volume of the last axes", Group: "measure"},
		{Keys: []Key{"D"}, Action: MarkList, Help: "list of marks", Group: "measure"},
		{Keys: []Key{"V"}, Action: ToolVertebra, Help: "spine labels", Group: "measure"},
		{Keys: []Key{"S"}, Action: ToolSnap, Help: "snap to edge (hold)", Group: "measure", WindowOnly: true},
		{Keys: []Key{"K"}, Action: Histogram, Help: "histogram of the selected region", Group: "measure"},
		{Keys: []Key{"G"}, Action: ToolLoupe, Help: "magnifier (hold)", Group: "view", Hold: true},
		{Keys: []Key{"I"}, Action: ToolRegion, Help: "window from a box", Group: "window/level"},
		{Keys: []Key{"J"}, Action: Repeat, Help: "repeat the last action", Group: "help"},
		{Keys: []Key{"Q"}, Action: MacroPlay, Help: "play a macro: its letter", Group: "help"},
		{Keys: []Key{"g"}, Action: KeyImage, Help: "key image", Group: "measure"},
		{Keys: []Key{"esc"}, Action: ToolDrop, Help: "drop tool", Group: "measure"},
		{Keys: []Key{":"}, Action: Command, Help: "command", Group: "help"},
		{Keys: []Key{"?"}, Action: Help, Help: "keys", Group: "help"},
	}
	for i := range b {
		b[i].Place = InImages
	}
	return append(b, everywhere(InImages)...)
}

// DefaultTool is what the keys do while a measuring tool is active.
func DefaultTool() []Binding {
	b := []Binding{
		{Keys: []Key{"left"}, Action: CursorLeft, Help: "cursor one pixel ←"},
		{Keys: []Key{"right"}, Action: CursorRight, Help: "cursor one pixel →"},
		{Keys: []Key{"up"}, Action: CursorUp, Help: "cursor one pixel ↑"},
		{Keys: []Key{"down"}, Action: CursorDown, Help: "cursor one pixel ↓"},
		{Keys: []Key{"shift+left"}, Action: CursorLeft10, Help: "ten pixels ←"},
		{Keys: []Key{"shift+right"}, Action: CursorRight10, Help: "ten pixels →"},
		{Keys: []Key{"shift+up"}, Action: CursorUp10, Help: "ten pixels ↑"},
		{Keys: []Key{"shift+down"}, Action: CursorDown10, Help: "ten pixels ↓"},
		{Keys: []Key{"enter"}, Action: ToolFinish, Help: "set a point, finish; next handle"},
		{Keys: []Key{"backspace"}, Action: PointDelete, Help: "take back the point, the corner"},
		{Keys: []Key{"insert"}, Action: PointAdd, Help: "a corner more"},
		{Keys: []Key{"esc"}, Action: ToolDrop, Help: "drop the tool"},
	}
	for i := range b {
		b[i].Place, b[i].Group = InTool, "while measuring"
	}
	return b
}

// DefaultText is what acts while the reader types.
func DefaultText() []Binding {
	return append([]Binding{
		{Keys: []Key{"tab"}, Place: InText, Action: PaneNext, Help: "next field", Group: "report"},
		{Keys: []Key{"shift+tab"}, Place: InText, Action: PanePrev, Help: "previous field", Group: "report"},
		{Keys: []Key{"ctrl+k"}, Place: InText, Action: ReportAccept, Help: "accept normal and pulled text here", Group: "report"},
		{Keys: []Key{"ctrl+n"}, Place: InText, Action: ReportPrior, Help: "another prior beside the text", Group: "report"},
		{Keys: []Key{"ctrl+e"}, Place: InText, Action: ReportImage, Help: "image of the number at the caret", Group: "report"},
		{Keys: []Key{"ctrl+t"}, Place: InText, Action: ReportSpell, Help: "how the underlined word is spelt", Group: "report"},
		{Keys: []Key{"ctrl+z"}, Place: InText, Action: UndoText, Help: "undo", Group: "report"},
		{Keys: []Key{"ctrl+y"}, Place: InText, Action: RedoText, Help: "redo", Group: "report"},
	}, everywhere(InText)...)
}

// DefaultKeymap is the grammar of night.md.
func DefaultKeymap() *Keymap {
	return NewKeymap(DefaultList(), DefaultImages(), DefaultTool(), DefaultText())
}
