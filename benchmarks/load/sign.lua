-- Posts a different valid signature each time: wrk -s sign.lua URL -- PREFIX VERSION [check]
-- PREFIX makes the addresses of this run its own. With `check` each answer must be a 303; without
-- it wrk need not hand the answers to Lua, which costs it time.

dofile(debug.getinfo(1).source:match("@(.*/)") .. "report.lua")

local names = {
  "Amélie Dufour", "Tomasz Wiśniewski", "Ólafur Þórsson", "Nguyễn Thị Lan", "María Núñez Ortega",
  "Ирина Соколова", "Дмитро Коваленко", "Ελένη Παπαδοπούλου", "ليلى حداد", "יעל שפירא",
  "अनन्या शर्मा", "สมชาย ใจดี", "林美玲", "佐藤 健", "김서연", "Grace Okafor", "Samuel Whitfield",
}
local roles = { "Screenwriter", "Sound editor", "Compositeur", "Illustrator", "Cinematographer" }
local places = { "Northlight Pictures", "Open Stage Ensemble", "Atelier du Quai", "Harbour Records" }
local countries = { "FR", "PL", "IS", "VN", "ES", "UA", "GR", "LB", "IN", "TH", "TW", "JP", "KR", "US" }

local function encode(text)
  return (text:gsub("[^%w]", function(c) return string.format("%%%02X", c:byte()) end))
end

local function encode_all(list)
  for i = 1, #list do list[i] = encode(list[i]) end
end

local prefix, version, count

function init(args)
  prefix, version = args[1], args[2]
  encode_all(names); encode_all(roles); encode_all(places)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  wrk.headers["Sec-Fetch-Site"] = "same-origin"
  count = 0
  if args[3] == "check" then
    response = function(status)
      if status ~= 303 then error("a signature was answered " .. status) end
    end
  end
end

function request()
  count = count + 1
  local n = count
  return wrk.format(nil, nil, nil,
    "capacity=personal&name=" .. names[n % #names + 1] ..
    "&email=" .. prefix .. n .. "%40signers.example" ..
    "&organisation_name=&role_title=" .. roles[n % #roles + 1] ..
    "&affiliation=" .. places[n % #places + 1] ..
    "&country=" .. countries[n % #countries + 1] ..
    "&city=&comment=&show_name=yes&consent_web=on&consent_government=on" ..
    "&version=" .. version .. "&language=en")
end
