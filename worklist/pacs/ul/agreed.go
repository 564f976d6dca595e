package ul

// limits derives from what the other side takes how large our fragments are.
func (a *Association) limits() *ProtocolError {
	most := a.peer.MaxPDU
	if most == 0 || most > mostWrite {
		most = mostWrite
	}
	if most < leastPDU {
		return invalid("the maximum length leaves no room for data")
	}
	a.fragment = int(most-pdvBytes) &^ 1 // fragments are of even length (PS3.8 E.1)
	return nil
}

// oneByOne is the window where asynchronous operations were not negotiated.
func oneByOne(invoked, performed *uint16) {
	if *invoked == 0 && *performed == 0 {
		*invoked, *performed = 1, 1
	}
}

func announced(most uint32) uint32 {
	if most == 0 {
		return defaultPDU
	}
	return max(min(most, mostPDU), 4<<10)
}
