// Package ahead fetches cases before they are opened and says when they will be ready.
//
// It follows the list: STAT first, then what the reader holds, then what is assigned,
// each with its priors after it. One study of a site comes at a time; a study that the
// reader opens has the line for itself meanwhile, and a STAT that arrives cuts in. Nothing
// is claimed, opened or counted as read by being fetched.
//
// The forecast of a case is the sum over what is fetched before it of
//
//	begin + images × bytes an image ÷ bytes a second × trend
//
// where begin (s), bytes an image and bytes a second are medians of what this site showed
// of studies of the same modality, this night or before, and trend is how much slower the
// line is now than then. Where a modality was never seen it says which place the case has,
// and no time. What was said is compared with what came of it (Told).
package ahead
