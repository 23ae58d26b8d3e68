/** What subclasses of the International and the Cooperative Patent Classification are, in short words of our own. */

const TITLES = `
A01B Soil working in agriculture or forestry
A01C Planting, sowing and fertilising
A01D Harvesting and mowing
A01G Horticulture, cultivation, forestry
A01H New plants and ways to obtain them
A01K Animal husbandry, fishing
A01N Preserving bodies; biocides, repellents, plant growth regulators
A21D Treatment and preservation of flour and dough
A23G Cocoa, chocolate, confectionery, ice-cream
A23K Feeding-stuffs for animals
A23L Foods and non-alcoholic drinks, their treatment
A24F Smokers’ requisites, simulated smoking devices
A41D Outerwear, protective garments
A43B Footwear: features and parts
A45D Hairdressing and shaving equipment, cosmetics equipment
A47B Tables, desks, cabinets
A47C Chairs, sofas, beds
A47G Household and table equipment
A47J Kitchen equipment, coffee mills
A47L Domestic washing and cleaning
A61B Diagnosis, surgery, identification
A61C Dentistry, oral hygiene
A61F Implants, prostheses, bandages
A61G Transport and accommodation for patients
A61H Physical therapy apparatus
A61J Containers for medical purposes, administering food or medicines
A61K Preparations for medical, dental or toilet purposes
A61L Sterilising; materials for bandages and implants
A61M Devices for introducing media into the body
A61N Electrotherapy, magnetotherapy, radiation therapy
A61P Therapeutic activity of compounds
A61Q Use of cosmetics and toilet preparations
A63B Apparatus for physical training and games
A63F Card, board and video games
B01D Separation
B01F Mixing, dissolving, emulsifying
B01J Chemical or physical processes, catalysis, colloid chemistry
B01L Laboratory apparatus
B03C Magnetic or electrostatic separation
B05B Spraying and atomising apparatus
B05D Applying liquids to surfaces
B08B Cleaning in general
B21D Working of sheet metal, tubes and profiles
B22F Working metallic powder
B23B Turning and boring
B23K Soldering, welding, laser working
B23P Other or combined metal working
B24B Grinding and polishing machines
B25B Hand tools for fastening, holding
B25J Manipulators, robots
B26B Hand-held cutting tools
B28B Shaping clay and other ceramics
B29C Shaping of plastics
B29D Producing particular articles from plastics
B29L Indexing of particular plastic articles
B32B Layered products
B33Y Additive manufacturing
B41J Typewriters, selective printing
B41M Printing, duplicating and marking processes
B60K Propulsion units and transmissions in vehicles
B60L Propulsion of electric vehicles
B60N Seats and fittings of vehicles
B60R Vehicle fittings and parts
B60W Joint control of vehicle units, driver assistance
B61L Guiding railway traffic
B62D Motor vehicles, trailers
B63B Ships and their equipment
B64C Aeroplanes, helicopters
B64D Equipment of aircraft
B65B Packaging machines and methods
B65D Containers, packages
B65G Transport and storage devices
B65H Handling thin or filamentary material
B66B Elevators, escalators
B81B Microstructural devices
B81C Making microstructural devices
B82Y Uses and applications of nanostructures
C01B Non-metallic elements and their compounds
C01G Compounds of metals
C02F Treatment of water and sewage
C03C Glass composition and surface treatment
C04B Cements, ceramics
C07B General methods of organic chemistry
C07C Acyclic or carbocyclic compounds
C07D Heterocyclic compounds
C07F Other organic compounds of elements
C07H Sugars, nucleosides, nucleic acids
C07K Peptides
C08F Polymers from carbon–carbon unsaturated monomers
C08G Other synthetic macromolecular compounds
C08J Working-up of macromolecular substances
C08K Use of ingredients in macromolecular compositions
C08L Compositions of macromolecular compounds
C09B Organic dyes
C09D Coatings, paints, inks
C09J Adhesives
C09K Materials for applications not otherwise provided for
C10G Refining of petroleum
C10L Fuels
C10M Lubricants
C11D Detergents
C12M Apparatus for microbiology and enzymology
C12N Microorganisms, enzymes, genetic engineering
C12P Fermentation, enzyme-using synthesis
C12Q Measuring or testing with enzymes or microorganisms
C21D Heat treatment of ferrous metals
C22C Alloys
C23C Coating metallic material
C25B Electrolytic production of compounds
C25D Electroplating
C30B Single-crystal growth
D01F Man-made filaments
D03D Woven fabrics
D04H Non-woven fabrics
D06F Laundering
D06M Treatment of fibres and fabrics
D21H Pulp and paper compositions
E01B Railway track
E02D Foundations, underwater structures
E02F Dredging, soil shifting
E04B Building constructions
E04F Finishing work on buildings
E05B Locks, handcuffs
E06B Windows, doors, blinds
E21B Drilling of earth or rock, oil and gas wells
E21C Mining or quarrying
F01D Turbines
F01N Exhaust apparatus of engines
F02B Combustion engines in general
F02C Gas turbines
F02D Control of combustion engines
F02M Supply of fuel to combustion engines
F03D Wind motors
F04B Pumps for liquids
F04D Non-positive displacement pumps
F15B Fluid-pressure actuators
F16B Fastening devices
F16C Shafts, bearings
F16D Couplings, clutches, brakes
F16F Springs, shock absorbers
F16H Gearing
F16K Valves
F16L Pipes and joints
F21S Lighting devices, systems
F21V Details of lighting devices
F21Y Indexing of light sources
F23R Combustion chambers of high pressure
F24F Air-conditioning, ventilation
F24S Solar heat collectors
F25B Refrigeration machines, heat pumps
F25D Refrigerators
F28D Heat exchangers
F28F Details of heat exchange
F41H Armour, camouflage
G01B Measuring length, thickness, angles
G01C Navigation, surveying
G01D Measuring not specially adapted to one variable
G01F Measuring volume and flow
G01J Measuring light intensity, colour
G01K Measuring temperature
G01L Measuring force and pressure
G01M Testing static or dynamic balance of machines
G01N Analysing materials by their properties
G01P Measuring speed, acceleration
G01R Measuring electric and magnetic variables
G01S Radio direction-finding, radar, sonar
G01V Geophysics, prospecting
G02B Optical elements, systems and apparatus
G02C Spectacles, contact lenses
G02F Devices controlling light, liquid crystals
G03B Apparatus for photographs and projection
G03F Photomechanical production of patterned surfaces
G03G Electrography, photocopying
G05B Control and regulating systems in general
G05D Control of non-electric variables
G05F Regulating electric variables
G06F Electric digital data processing
G06K Graphical data reading, data presentation, record carriers
G06N Computing arrangements based on specific models
G06Q Data processing for administration, commerce and finance
G06T Image data processing
G06V Image or video recognition
G07C Time registers, checking devices
G07F Coin-freed apparatus
G08B Signalling, alarms
G08G Traffic control
G09B Educational and demonstration appliances
G09F Displaying, advertising
G09G Control of visual indicators, displays
G10K Sound-producing devices, acoustics
G10L Speech analysis, synthesis and recognition
G11B Information storage by relative movement
G11C Static stores, memories
G16B Bioinformatics
G16H Healthcare informatics
G21K Handling particles or radiation
H01B Cables, conductors, insulators
H01C Resistors
H01F Magnets, inductances, transformers
H01G Capacitors
H01H Electric switches, relays
H01J Discharge tubes
H01L Semiconductor devices
H01M Batteries, fuel cells
H01P Waveguides, resonators
H01Q Antennas
H01R Electric connections
H01S Lasers
H02B Switchboards, power distribution arrangements
H02G Installation of cables and lines
H02H Emergency protective circuits
H02J Circuits for supplying and distributing electric power
H02K Dynamo-electric machines
H02M Power conversion
H02N Other electric machines
H02P Control of motors and generators
H02S Photovoltaic power generation
H03B Generation of oscillations
H03F Amplifiers
H03G Control of amplification
H03H Impedance networks, filters
H03K Pulse technique
H03L Control of frequency
H03M Coding and decoding in general
H04B Transmission
H04J Multiplex communication
H04K Secret communication, jamming
H04L Transmission of digital information
H04M Telephonic communication
H04N Pictorial communication, television
H04Q Selecting
H04R Loudspeakers, microphones
H04S Stereophonic systems
H04W Wireless communication networks
H05B Electric heating and lighting
H05G X-ray technique
H05H Plasma technique
H05K Printed circuits, casings of apparatus
H10B Electronic memory devices
H10D Inorganic semiconductor devices
H10F Inorganic devices sensitive to radiation
H10H Inorganic light-emitting semiconductor devices
H10K Organic electric solid-state devices
H10N Other electric solid-state devices
Y02A Adaptation to climate change
Y02B Climate mitigation in buildings
Y02C Capture and storage of greenhouse gases
Y02D Climate mitigation in information technology
Y02E Reduction of emissions in energy
Y02P Climate mitigation in production
Y02T Climate mitigation in transport
Y02W Climate mitigation in waste treatment
Y10S Former USPC cross-reference collections
Y10T Former US classification subjects
`;

let titles: Map<string, string> | undefined;

/**
 * The title of an IPC or CPC subclass ("H01L", also of a full symbol such as "H01L 21/00"); undefined where none is listed.
 * The 254 subclasses listed are those of electrical, chemical and mechanical patenting that come up most; the wording shortens
 * WIPO's titles.
 */
export function fieldTitle(symbol: string): string | undefined {
  titles ??= new Map(
    TITLES.trim()
      .split('\n')
      .map((line) => [line.slice(0, 4), line.slice(5)]),
  );
  return titles.get(symbol.trim().slice(0, 4).toUpperCase());
}
