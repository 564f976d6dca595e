package viewer

// Action is something a reader can ask for, by name: "slice.next",
// "window.preset.lung", "report.insert". Names are what key maps, the palette, the
// help and the messages between the processes use; the part before the first dot
// tells whose it is.
type Action string

// Actions the image side performs itself. Everything else is sent to the terminal
// by name (Event Acted).
const (
	SliceNext     Action = "slice.next"
	SlicePrev     Action = "slice.prev"
	SliceNext10   Action = "slice.next10"
	SlicePrev10   Action = "slice.prev10"
	SliceFirst    Action = "slice.first"
	SliceLast     Action = "slice.last"
	SliceUnseen   Action = "slice.unseen" // the next that was not seen
	SeriesNext    Action = "series.next"
	SeriesPrev    Action = "series.prev"
	SeriesFind    Action = "series.find" // the contact strip of all display sets
	TileNext      Action = "tile.next"
	TilePrev      Action = "tile.prev"
	TileOneUp     Action = "tile.oneup"
	MarkNext      Action = "mark.next"
	MarkPrev      Action = "mark.prev"
	MarkDelete    Action = "mark.delete"
	MarkUndo      Action = "mark.undo"
	MarkRedo      Action = "mark.redo"
	PriorToggle   Action = "prior.toggle"
	ViewReset     Action = "view.reset"
	ViewInvert    Action = "view.invert"
	ViewFlipH     Action = "view.fliph"
	ViewFlipV     Action = "view.flipv"
	ViewRight     Action = "view.rotate.right"
	ViewLeft      Action = "view.rotate.left"
	ViewZoomIn    Action = "view.zoom.in"
	ViewZoomOut   Action = "view.zoom.out"
	ViewOneToOne  Action = "view.onetoone"
	ViewFit       Action = "view.fit"
	CineToggle    Action = "cine.toggle"
	LayoutNext    Action = "layout.next"
	LayoutPrev    Action = "layout.prev"
	StageNext     Action = "hang.next" // the hanging protocol's stages
	StagePrev     Action = "hang.prev"
	HangExplain   Action = "hang.explain"
	HangKeep      Action = "hang.keep"   // the layout on screen becomes a protocol
	HangForget    Action = "hang.forget" // a kept one is no more
	PerfToggle    Action = "perf.toggle" // who draws, how fast, from what memory
	LinkToggle    Action = "link.toggle"
	ViewWalk      Action = "view.walk" // the next part of the image at 1:1
	ViewWalkBack  Action = "view.walk.back"
	LinkView      Action = "link.view" // zoom, pan and window of compared tiles together, or not
	SamePoint     Action = "link.samepoint"
	LinesToggle   Action = "lines.toggle"
	MPRToggle     Action = "mpr.toggle"
	MPRSlab       Action = "mpr.slab" // off, MIP, MinIP, mean in turn
	MPRThicker    Action = "mpr.slab.thicker"
	MPRThinner    Action = "mpr.slab.thinner"
	MPRTurnLeft   Action = "mpr.turn.left" // the two other planes, about this one's normal
	MPRTurnRight  Action = "mpr.turn.right"
	MIPWhole      Action = "mpr.mip"        // through the whole series, from the front
	CrossLeft     Action = "mpr.cross.left" // where the planes meet, one pixel of the active one
	CrossRight    Action = "mpr.cross.right"
	CrossUp       Action = "mpr.cross.up"
	CrossDown     Action = "mpr.cross.down"
	FuseToggle    Action = "fuse.toggle" // PET over CT
	FuseMore      Action = "fuse.more"
	FuseLess      Action = "fuse.less"
	ToolDrop      Action = "tool.drop"   // Esc: never leaves the case
	ToolFinish    Action = "tool.finish" // Enter
	ToolWindow    Action = "tool.window"
	ToolLength    Action = "tool.length"
	ToolAngle     Action = "tool.angle"
	ToolEllipse   Action = "tool.ellipse"
	ToolProbe     Action = "tool.probe" // hold
	ToolBidirect  Action = "tool.bidirectional"
	ToolCobb      Action = "tool.cobb"
	ToolRectangle Action = "tool.rectangle"
	ToolPolygon   Action = "tool.polygon" // freehand by dragging
	ToolArrow     Action = "tool.arrow"
	ToolText      Action = "tool.text"
	CursorLeft    Action = "cursor.left" // keyboard cursor of a tool, one image pixel; shifted: ten
	CursorRight   Action = "cursor.right"
	CursorUp      Action = "cursor.up"
	CursorDown    Action = "cursor.down"
	CursorLeft10  Action = "cursor.left10"
	CursorRight10 Action = "cursor.right10"
	CursorUp10    Action = "cursor.up10"
	CursorDown10  Action = "cursor.down10"
	WindowSoft    Action = "window.preset.soft"
	WindowLung    Action = "window.preset.lung"
	WindowBone    Action = "window.preset.bone"
	WindowBrain   Action = "window.preset.brain"
	WindowStroke  Action = "window.preset.stroke"
	WindowSub     Action = "window.preset.subdural"
	WindowMedia   Action = "window.preset.mediastinum"
	WindowLiver   Action = "window.preset.liver"
	WindowCTA     Action = "window.preset.cta"
	WindowOwn     Action = "window.own" // the image's own windows in turn
	WindowLower   Action = "window.level.down"
	WindowHigher  Action = "window.level.up"
	WindowNarrow  Action = "window.width.down"
	WindowWider   Action = "window.width.up"
	KeyImage      Action = "image.key"
	KeyNext       Action = "image.key.next"
	StateNext     Action = "state.next" // presentation states in turn
	OthersToggle  Action = "others.toggle"

	Repeat       Action = "action.repeat" // the last one again
	PlaceSet     Action = "place.set"     // remembers this slice under the letter that follows
	PlaceGo      Action = "place.go"      // goes back to it
	MacroRecord  Action = "macro.record"  // under the letter that follows; again: ends it
	MacroPlay    Action = "macro.play"
	WindowDigit  Action = "window.digit"   // the preset of the digit that follows, where digits count
	ToolLoupe    Action = "tool.loupe"     // magnifies around the pointer, while held
	ToolRegion   Action = "tool.region"    // window/level from the values in a box
	Histogram    Action = "mark.histogram" // of the selected region, on and off
	CommandLine  Action = "command.line"   // with the line behind a colon
	MarkHandle   Action = "mark.handle"    // takes the selected mark's next handle: arrows move it
	MarkName     Action = "mark.name"      // asks for the selected mark's name
	MarkCopy     Action = "mark.copy"      // onto the next slice
	MarkVolume   Action = "mark.volume"    // of an ellipsoid, from the axes measured last
	ImageGo      Action = "image.go"       // to an image, by SOP Instance UID, frame from 0 and the mark to select on it
	MarkList     Action = "mark.list"      // all marks, to be gone to
	PointAdd     Action = "point.add"      // a corner more after the one held
	PointDelete  Action = "point.delete"   // the corner held, or the last point set
	ToolVertebra Action = "tool.vertebra"  // spine labels
	ToolSnap     Action = "tool.snap"      // points go to the edge nearest, while held
)

// Actions of the terminal, wherever their key is pressed.
const (
	CaseNext       Action = "case.next"
	CaseAside      Action = "case.aside"
	CaseOpen       Action = "case.open"
	CaseDocuments  Action = "case.documents" // reports and PDFs of the case, as text
	CaseLook       Action = "case.look"
	CaseGiveBack   Action = "case.giveback"
	CaseCall       Action = "case.call"   // a critical result
	CallToggle     Action = "call.toggle" // the telephone: freezes the case, and brings it back
	FocusSwap      Action = "focus.swap"
	ReportInsert   Action = "report.insert"
	ReportTemplate Action = "report.template"
	ReportPull     Action = "report.pull"
	ReportPrior    Action = "report.prior"  // another prior's report beside the text
	ReportAccept   Action = "report.accept" // normal and pulled text at the caret, else of the section
	ReportSign     Action = "report.sign"
	ReportWetRead  Action = "report.wetread"   // one preliminary line, sent at once
	ReportLesions  Action = "report.lesions"   // what is followed over time
	ReportGrade    Action = "report.calculate" // published rules: a category from measurements
	DictationSwap  Action = "report.dictation"
	SessionLock    Action = "session.lock"
	SessionQuit    Action = "session.quit"
	ListRefresh    Action = "list.refresh"
	ListDetails    Action = "list.details"
	ListNextView   Action = "list.view.next"
	ListPrevView   Action = "list.view.prev"
	ListSort       Action = "list.sort"
	ListPriors     Action = "list.priors"
	RowNext        Action = "row.next"
	RowPrev        Action = "row.prev"
	RowPageDown    Action = "row.pagedown"
	RowPageUp      Action = "row.pageup"
	RowFirst       Action = "row.first"
	RowLast        Action = "row.last"
	MatchNext      Action = "match.next"
	MatchPrev      Action = "match.prev"
	PaneNext       Action = "pane.next"
	PanePrev       Action = "pane.prev"
	Filter         Action = "prompt.filter"
	Command        Action = "prompt.command"
	Palette        Action = "prompt.palette"
	Help           Action = "prompt.help"
	Escape         Action = "prompt.escape"
	UndoText       Action = "text.undo"
	RedoText       Action = "text.redo"
)
