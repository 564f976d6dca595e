package calc

import "testing"

// The classes of the 2019 version (Radiology 2019;292:475–488), CT and MRI.
func TestEveryClassOfBosniak2019(t *testing.T) {
	holds(t, bosniak, []cell{
		// I
		{"modality=ct content=simple", "Bosniak I"}, {"modality=ct content=simple hu=-9 wall=2 enhancing=yes", "Bosniak I"},
		{"modality=ct content=simple hu=20", "Bosniak I"}, {"modality=ct content=simple hu=21", "error: does not go with this content"},
		{"modality=ct content=simple hu=-10", "error: does not go with this content"}, {"modality=mr content=simple wall=1", "Bosniak I"},
		// II at CT: few thin septa, dense, unenhancing, portal, too small, calcified
		{"modality=ct content=simple septa=1 septum=1", "Bosniak II"}, {"modality=ct content=simple septa=3 septum=2 enhancing=yes calcified=yes", "Bosniak II"},
		{"modality=ct content=dense hu=70", "Bosniak II"}, {"modality=ct content=dense hu=69", "error: does not go with"},
		{"modality=ct content=unenhancing hu=21", "Bosniak II"}, {"modality=ct content=unenhancing hu=20", "error: does not go with"},
		{"modality=ct content=portal hu=21", "Bosniak II"}, {"modality=ct content=portal hu=30", "Bosniak II"},
		{"modality=ct content=portal hu=31", "error: does not go with"}, {"modality=ct content=small", "Bosniak II"}, {"modality=ct content=simple calcified=yes", "Bosniak II"},
		// II at MRI
		{"modality=mr content=simple septa=2 septum=2 enhancing=yes", "Bosniak II"}, {"modality=mr content=simple septa=6 septum=1", "Bosniak II"},
		{"modality=mr content=t2-bright", "Bosniak II"}, {"modality=mr content=t1-bright", "Bosniak II"},
		// IIF: 3 mm, or four and more thin septa, that enhance; heterogeneous on T1
		{"modality=ct content=simple wall=3 enhancing=yes", "Bosniak IIF"}, {"modality=ct content=simple septa=1 septum=3 enhancing=yes", "Bosniak IIF"},
		{"modality=ct content=simple septa=4 septum=1 enhancing=yes", "Bosniak IIF"}, {"modality=ct content=simple septa=3 septum=2 enhancing=yes", "Bosniak II"},
		{"modality=mr content=simple wall=3 enhancing=yes", "Bosniak IIF"}, {"modality=mr content=simple septa=4 septum=2 enhancing=yes", "Bosniak IIF"},
		{"modality=mr content=t1-heterogeneous", "Bosniak IIF"},
		// III: 4 mm and more, or irregular (obtuse, up to 3 mm)
		{"modality=ct content=simple wall=4 enhancing=yes", "Bosniak III"}, {"modality=mr content=simple septa=2 septum=4 enhancing=yes", "Bosniak III"},
		{"modality=ct content=simple protrusion=3 margins=obtuse enhancing=yes", "Bosniak III"}, {"modality=mr content=t1-heterogeneous wall=4 enhancing=yes", "Bosniak III"},
		// IV: obtuse from 4 mm, acute at any size
		{"modality=ct content=simple protrusion=4 margins=obtuse", "Bosniak IV"}, {"modality=ct content=simple protrusion=1 margins=acute", "Bosniak IV"},
		{"modality=mr content=t2-bright protrusion=2 margins=acute", "Bosniak IV"},
		// refused
		{"modality=ct content=other", "error: No feature"}, {"modality=ct content=simple wall=4", "error: only when it enhances"},
		{"modality=ct content=simple septa=5", "error: only when they enhance"}, {"modality=mr content=dense", "error: not described at this modality"},
		{"modality=ct content=t1-bright", "error: not described"}, {"modality=ct content=simple septum=2", "error: no septa"}, {"modality=ct content=simple septa=1.5", "error: whole numbers"},
		{"modality=ct content=simple protrusion=4", "error: Its margins are needed"}, {"modality=ct content=simple margins=acute", "error: A protrusion is needed"},
		{"modality=mr content=simple hu=5", "error: Attenuation is of CT"}, {"modality=ct content=simple solid=yes", "error: not for it"},
	}, category)
}

func TestBosniakIIFIsFollowedAt6And12MonthsAndThenYearly(t *testing.T) {
	r, err := bosniak.Run(values(t, "modality=ct content=simple wall=3 enhancing=yes"))
	if err != nil || len(r.Follow) != 3 || r.Follow[0].To != 6 || r.Follow[1].To != 12 || r.Follow[2].To != 60 {
		t.Errorf("%+v, %v", r.Follow, err)
	}
}
