//! The words invented offices are made of, with their kana: stems, legal forms, kinds of service, towns,
//! and a city with its population and area code for every prefecture.

use daicho_domain::Prefecture;

/// A word and how it is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub(super) written: &'static str,
    pub(super) kana: &'static str,
}

const fn word(written: &'static str, kana: &'static str) -> Word {
    Word { written, kana }
}

/// What corporations are called.
pub(super) const STEMS: &[Word] = &[
    word("あおぞら", "アオゾラ"),
    word("ひまわり", "ヒマワリ"),
    word("さくら", "サクラ"),
    word("すずらん", "スズラン"),
    word("ほほえみ", "ホホエミ"),
    word("きずな", "キズナ"),
    word("ゆうゆう", "ユウユウ"),
    word("やすらぎ", "ヤスラギ"),
    word("こもれび", "コモレビ"),
    word("たんぽぽ", "タンポポ"),
    word("なごみ", "ナゴミ"),
    word("つくし", "ツクシ"),
    word("かがやき", "カガヤキ"),
    word("みのり", "ミノリ"),
    word("いずみ", "イズミ"),
    word("そよかぜ", "ソヨカゼ"),
    word("青葉", "アオバ"),
    word("若葉", "ワカバ"),
    word("緑風", "リョクフウ"),
    word("和楽", "ワラク"),
    word("松寿", "ショウジュ"),
    word("光陽", "コウヨウ"),
    word("清流", "セイリュウ"),
    word("敬愛", "ケイアイ"),
    word("慈光", "ジコウ"),
    word("仁愛", "ジンアイ"),
    word("福寿", "フクジュ"),
    word("明和", "メイワ"),
    word("白梅", "シラウメ"),
    word("千鳥", "チドリ"),
    word("双葉", "フタバ"),
    word("朝日", "アサヒ"),
    word("みどり野", "ミドリノ"),
    word("花水木", "ハナミズキ"),
    word("桜丘", "サクラガオカ"),
    word("鶴寿", "カクジュ"),
    word("健生", "ケンセイ"),
    word("愛和", "アイワ"),
    word("悠和", "ユウワ"),
    word("穂高", "ホタカ"),
];

/// A legal form around the stem, with the code that stands in corporate numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    pub(super) before: &'static str,
    pub(super) after: &'static str,
    pub(super) code: u64,
}

/// Repeated by how common they are.
pub(super) const FORMS: &[Form] = &[
    Form {
        before: "株式会社",
        after: "",
        code: 1,
    },
    Form {
        before: "株式会社",
        after: "ケア",
        code: 1,
    },
    Form {
        before: "",
        after: "ケアサービス株式会社",
        code: 1,
    },
    Form {
        before: "",
        after: "サポート株式会社",
        code: 1,
    },
    Form {
        before: "有限会社",
        after: "",
        code: 2,
    },
    Form {
        before: "合同会社",
        after: "",
        code: 3,
    },
    Form {
        before: "社会福祉法人",
        after: "会",
        code: 5,
    },
    Form {
        before: "社会福祉法人",
        after: "福祉会",
        code: 5,
    },
    Form {
        before: "社会福祉法人",
        after: "会",
        code: 5,
    },
    Form {
        before: "医療法人",
        after: "会",
        code: 5,
    },
    Form {
        before: "医療法人社団",
        after: "会",
        code: 5,
    },
    Form {
        before: "特定非営利活動法人",
        after: "",
        code: 5,
    },
    Form {
        before: "一般社団法人",
        after: "",
        code: 5,
    },
];

/// A kind of service: the character in the office number, what stands around the stem in a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) character: char,
    pub(super) weight: u64,
    pub(super) before: Word,
    pub(super) after: Word,
}

const NONE: Word = word("", "");

/// The kinds of service, by how many offices there are of each.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "訪問介護",
        character: '7',
        weight: 24,
        before: NONE,
        after: word("訪問介護事業所", "ホウモンカイゴジギョウショ"),
    },
    Kind {
        name: "通所介護",
        character: '7',
        weight: 20,
        before: word("デイサービスセンター", "デイサービスセンター"),
        after: NONE,
    },
    Kind {
        name: "居宅介護支援",
        character: '7',
        weight: 28,
        before: NONE,
        after: word("居宅介護支援センター", "キョタクカイゴシエンセンター"),
    },
    Kind {
        name: "訪問看護",
        character: '6',
        weight: 10,
        before: NONE,
        after: word("訪問看護ステーション", "ホウモンカンゴステーション"),
    },
    Kind {
        name: "地域密着型通所介護",
        character: '9',
        weight: 14,
        before: word("デイホーム", "デイホーム"),
        after: NONE,
    },
    Kind {
        name: "認知症対応型共同生活介護",
        character: '9',
        weight: 10,
        before: word("グループホーム", "グループホーム"),
        after: NONE,
    },
    Kind {
        name: "小規模多機能型居宅介護",
        character: '9',
        weight: 4,
        before: word("小規模多機能ホーム", "ショウキボタキノウホーム"),
        after: NONE,
    },
    Kind {
        name: "介護老人福祉施設",
        character: '7',
        weight: 6,
        before: word("特別養護老人ホーム", "トクベツヨウゴロウジンホーム"),
        after: word("苑", "エン"),
    },
    Kind {
        name: "介護老人保健施設",
        character: '5',
        weight: 3,
        before: word("介護老人保健施設", "カイゴロウジンホケンシセツ"),
        after: NONE,
    },
    Kind {
        name: "介護医療院",
        character: 'B',
        weight: 1,
        before: NONE,
        after: word("介護医療院", "カイゴイリョウイン"),
    },
];

/// Towns that many cities have.
pub(super) const TOWNS: &[Word] = &[
    word("本町", "ホンチョウ"),
    word("中央", "チュウオウ"),
    word("栄町", "サカエチョウ"),
    word("緑町", "ミドリチョウ"),
    word("旭町", "アサヒチョウ"),
    word("幸町", "サイワイチョウ"),
    word("桜台", "サクラダイ"),
    word("若宮", "ワカミヤ"),
    word("東町", "ヒガシチョウ"),
    word("西町", "ニシチョウ"),
    word("南町", "ミナミチョウ"),
    word("北町", "キタチョウ"),
    word("日の出町", "ヒノデチョウ"),
    word("富士見", "フジミ"),
    word("松原", "マツバラ"),
    word("川端", "カワバタ"),
    word("宮前", "ミヤマエ"),
    word("新町", "シンマチ"),
    word("泉", "イズミ"),
    word("大和", "ヤマト"),
];

/// Family names.
pub(super) const SURNAMES: &[&str] = &[
    "佐藤",
    "鈴木",
    "高橋",
    "田中",
    "伊藤",
    "渡辺",
    "山本",
    "中村",
    "小林",
    "加藤",
    "吉田",
    "山田",
    "佐々木",
    "山口",
    "松本",
    "井上",
    "木村",
    "林",
    "斎藤",
    "清水",
    "山崎",
    "森",
    "池田",
    "橋本",
    "阿部",
    "石川",
    "山下",
    "中島",
    "小川",
    "前田",
];

/// Given names.
pub(super) const GIVEN_NAMES: &[&str] = &[
    "恵子",
    "和子",
    "裕子",
    "直子",
    "由美子",
    "真由美",
    "陽子",
    "明美",
    "智子",
    "美穂",
    "健一",
    "誠",
    "隆",
    "浩",
    "学",
    "修",
    "大輔",
    "拓也",
    "和也",
    "正人",
    "茂",
    "豊",
    "香織",
    "さゆり",
];

/// A prefecture's largest city, its people in ten thousands, its area code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    code: u8,
    pub(super) people: u64,
    pub(super) city: &'static str,
    area_code: &'static str,
}

const fn place(code: u8, people: u64, city: &'static str, area_code: &'static str) -> Place {
    Place {
        code,
        people,
        city,
        area_code,
    }
}

impl Place {
    pub(super) fn prefecture(&self) -> Prefecture {
        Prefecture::from_code(self.code).expect("the table has the 47 codes")
    }

    /// A number of ten digits in an exchange of zeros, which no telephone has.
    pub(super) fn phone(&self, line: u64) -> String {
        let exchange = "0".repeat(6 - self.area_code.len());
        format!("{}-{exchange}-{line:04}", self.area_code)
    }
}

/// By population of 2020, rounded.
pub(super) static PLACES: [Place; 47] = [
    place(1, 522, "札幌市中央区", "011"),
    place(2, 124, "青森市", "017"),
    place(3, 121, "盛岡市", "019"),
    place(4, 230, "仙台市青葉区", "022"),
    place(5, 96, "秋田市", "018"),
    place(6, 107, "山形市", "023"),
    place(7, 183, "郡山市", "024"),
    place(8, 287, "水戸市", "029"),
    place(9, 193, "宇都宮市", "028"),
    place(10, 194, "前橋市", "027"),
    place(11, 734, "さいたま市浦和区", "048"),
    place(12, 628, "千葉市中央区", "043"),
    place(13, 1405, "世田谷区", "03"),
    place(14, 924, "横浜市中区", "045"),
    place(15, 220, "新潟市中央区", "025"),
    place(16, 103, "富山市", "076"),
    place(17, 113, "金沢市", "076"),
    place(18, 77, "福井市", "0776"),
    place(19, 81, "甲府市", "055"),
    place(20, 205, "長野市", "026"),
    place(21, 198, "岐阜市", "058"),
    place(22, 363, "静岡市葵区", "054"),
    place(23, 754, "名古屋市中区", "052"),
    place(24, 177, "津市", "059"),
    place(25, 141, "大津市", "077"),
    place(26, 258, "京都市中京区", "075"),
    place(27, 884, "大阪市北区", "06"),
    place(28, 547, "神戸市中央区", "078"),
    place(29, 132, "奈良市", "0742"),
    place(30, 92, "和歌山市", "073"),
    place(31, 55, "鳥取市", "0857"),
    place(32, 67, "松江市", "0852"),
    place(33, 189, "岡山市北区", "086"),
    place(34, 280, "広島市中区", "082"),
    place(35, 134, "山口市", "083"),
    place(36, 72, "徳島市", "088"),
    place(37, 95, "高松市", "087"),
    place(38, 133, "松山市", "089"),
    place(39, 69, "高知市", "088"),
    place(40, 514, "福岡市中央区", "092"),
    place(41, 81, "佐賀市", "0952"),
    place(42, 131, "長崎市", "095"),
    place(43, 174, "熊本市中央区", "096"),
    place(44, 112, "大分市", "097"),
    place(45, 107, "宮崎市", "0985"),
    place(46, 159, "鹿児島市", "099"),
    place(47, 147, "那覇市", "098"),
];

/// 口座名義 as customers write them: in kana, with corporate forms in full or abbreviated.
pub(super) const ACCOUNT_HOLDERS: &[&str] = &[
    "フク）アオゾラカイ",
    "社会福祉法人ヒカリカイ",
    "イ）ミドリカイ",
    "医療法人社団サクラカイ",
    "カ）ケアサポート",
    "株式会社ハナミズキ",
    "ユ）ナノハナ",
    "トクヒ）ヒダマリ",
    "合同会社ソヨカゼ",
    "ヤマト（カ",
];
