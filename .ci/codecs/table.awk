# Lines of name, library, MB/s, check (tab-separated, any number of passes) become
# the table: the best pass of each cell.
BEGIN { FS = "\t"; n = split("ours ours-2 dcmtk gdcm charls openjpeg openjph libjpeg image/jpeg", libs, " ") }
{
	if (!($1 in seen)) { seen[$1] = 1; row[++rows] = $1 }
	if (!(($1, $2) in best) || $3 + 0 > best[$1, $2] + 0) best[$1, $2] = $3
	if ($4 != "=") odd[$1] = odd[$1] (index(odd[$1], $2 " " $4) ? "" : " " $2 " " $4)
}
END {
	printf "%-28s", "MB/s of pixels, one thread"
	for (i = 1; i <= n; i++) printf "%11s", libs[i]
	printf "%8s  %s\n", "ratio", "best C; differences"
	for (r = 1; r <= rows; r++) {
		name = row[r]; top = 0; who = "-"
		printf "%-28s", name
		for (i = 1; i <= n; i++) {
			v = best[name, libs[i]]
			printf "%11s", (v == "" ? "-" : v)
			if (i > 2 && libs[i] != "image/jpeg" && v + 0 > top) { top = v + 0; who = libs[i] }
		}
		ours = best[name, "ours"]
		ratio = (ours != "" && top > 0) ? sprintf("%.2f", ours / top) : "-"
		printf "%8s  %s%s\n", ratio, who, (odd[name] == "" ? "" : ";" odd[name])
	}
}
