# Go benchmark lines become name, library, MB/s of the best single run, check.
/^Benchmark(Codestreams|StandardLibrary)\// {
	name = $1
	lib = name ~ /^BenchmarkStandardLibrary/ ? "image/jpeg" : "ours"
	sub(/^[^\/]*\//, "", name)
	if (name ~ /-2$/) { lib = lib "-2"; sub(/-2$/, "", name) }
	speed = 0; off = 0
	for (i = 3; i < NF; i++) {
		if ($(i + 1) == "best-MB/s") speed = $i
		if ($(i + 1) == "off") off = $i
	}
	printf "%s\t%s\t%.1f\t%s\n", name, lib, speed, off == 0 ? "=" : "±" off
}
