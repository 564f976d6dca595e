package phantom

// tissue is what a point of an anatomy is made of. One anatomy serves CT, MR,
// PET and projections: each brings its own palette.
type tissue int

const (
	air tissue = iota
	lung
	skin
	fat
	muscle
	bloodPool // unenhanced vessel
	leftHeart
	rightHeart
	myocardium
	aorta
	vein // caval and systemic veins
	portal
	pulmonary // arteries of the lung
	bronchus  // wall
	compact   // cortical bone
	spongy
	marrow
	cartilage
	disc
	water
	csf
	grey
	white
	nuclei // deep grey matter
	cerebellum
	dura
	mucosa
	eye
	lens
	liver
	spleen
	kidneyCortex
	kidneyMedulla
	urine
	pancreas
	bowelWall
	bowelContent
	bile
	meniscus
	tendon
	table
	foam
	lesion  // the case's main finding
	lesion2 // and its second
	lesion3
	thrombus
	tissues
)

// palette gives each tissue its value in one kind of image.
type palette [tissues]float32

// hounsfield is CT without contrast medium.
var hounsfield = palette{
	air: -1000, lung: -850, skin: 20, fat: -98, muscle: 56, bloodPool: 44, leftHeart: 42, rightHeart: 42,
	myocardium: 48, aorta: 44, vein: 42, portal: 42, pulmonary: 40, bronchus: -150, compact: 1150, spongy: 240,
	marrow: 120, cartilage: 110, disc: 85, water: 0, csf: 6, grey: 37, white: 29, nuclei: 38, cerebellum: 35,
	dura: 48, mucosa: 35, eye: 8, lens: 65, liver: 58, spleen: 50, kidneyCortex: 34, kidneyMedulla: 32,
	urine: 6, meniscus: 90, tendon: 80, pancreas: 42, bowelWall: 38, bowelContent: 20, bile: 8, table: -80, foam: -930,
	lesion: 40, lesion2: 40, lesion3: 40, thrombus: 42,
}

// with is the palette with some tissues changed.
func (p palette) with(changes map[tissue]float32) *palette {
	for t, v := range changes {
		p[t] = v
	}
	return &p
}
