package dicom

// Tags of measurements and of presentation states (PS3.3 C.10, C.11, C.17).
const (
	FloatingPointValue                           Tag = 0x0040A161
	ReferencedFrameOfReferenceUID                Tag = 0x30060024
	ReferencedSegmentNumber                      Tag = 0x0062000B
	GraphicAnnotationSequence                    Tag = 0x00700001
	GraphicLayer                                 Tag = 0x00700002
	BoundingBoxAnnotationUnits                   Tag = 0x00700003
	AnchorPointAnnotationUnits                   Tag = 0x00700004
	GraphicAnnotationUnits                       Tag = 0x00700005
	UnformattedTextValue                         Tag = 0x00700006
	TextObjectSequence                           Tag = 0x00700008
	GraphicObjectSequence                        Tag = 0x00700009
	BoundingBoxTopLeftHandCorner                 Tag = 0x00700010
	BoundingBoxBottomRightHandCorner             Tag = 0x00700011
	BoundingBoxTextHorizontalJustification       Tag = 0x00700012
	AnchorPoint                                  Tag = 0x00700014
	AnchorPointVisibility                        Tag = 0x00700015
	GraphicDimensions                            Tag = 0x00700020
	NumberOfGraphicPoints                        Tag = 0x00700021
	GraphicFilled                                Tag = 0x00700024
	ImageHorizontalFlip                          Tag = 0x00700041
	ImageRotation                                Tag = 0x00700042
	DisplayedAreaTopLeftHandCorner               Tag = 0x00700052
	DisplayedAreaBottomRightHandCorner           Tag = 0x00700053
	DisplayedAreaSelectionSequence               Tag = 0x0070005A
	GraphicLayerSequence                         Tag = 0x00700060
	GraphicLayerOrder                            Tag = 0x00700062
	GraphicLayerRecommendedDisplayGrayscaleValue Tag = 0x00700066
	GraphicLayerDescription                      Tag = 0x00700068
	PresentationCreationDate                     Tag = 0x00700082
	PresentationCreationTime                     Tag = 0x00700083
	ContentCreatorName                           Tag = 0x00700084
	PresentationSizeMode                         Tag = 0x00700100
	PresentationPixelSpacing                     Tag = 0x00700101
	PresentationPixelAspectRatio                 Tag = 0x00700102
	PresentationPixelMagnificationRatio          Tag = 0x00700103
	GraphicLayerRecommendedDisplayCIELabValue    Tag = 0x00700401
	SoftcopyVOILUTSequence                       Tag = 0x00283110
	ICCProfile                                   Tag = 0x00282000
	OverlayActivationLayer                       Tag = 0x60001001
)
