-- Reads a page as a browser asks for it: wrk -s page.lua URL
dofile(debug.getinfo(1).source:match("@(.*/)") .. "report.lua")

wrk.headers["Accept-Encoding"] = "gzip, deflate, br"
